"""Glas, the ASGI app. Start it in this folder: `streamlit run app.py` or `uvicorn app:app`."""

from pathlib import Path

import streamlit as st

from core import redaction
from pages import server
from pages.plain import previews
from pages.routes import routes
from pages.server.failures import on_script_error
from pages.server.lifespan import lifespan

# Before the first line that could hold something is logged.
redaction.install()

doors = routes()

# Absolute, so that it is found from wherever the server is started.
app = st.App(
    Path(__file__).resolve().parent / "pages" / "frame.py",
    routes=doors,
    middleware=server.layers(doors, previews.of),
    lifespan=lifespan,
    on_script_error=on_script_error,
)
