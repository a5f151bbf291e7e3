"""The smallest Streamlit app, warmed like Glas: the limit that every page is compared with."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    # What the first visitor would otherwise wait for.
    import pandas  # noqa: F401
    import pyarrow  # noqa: F401
    import streamlit.runtime.scriptrunner  # noqa: F401

    gc.collect()
    gc.freeze()
    yield {}


app = st.App("bare.py", lifespan=lifespan)
