"""Plain HTTP beside the pages: routes, and the layers that every request passes."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import streamlit
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from pages.endpoints import access_log, failures, headers, health, language, limits, middleware, session, shell
from pages.endpoints.cached import Static

STREAMLIT = Path(streamlit.__file__).parent / "static"
# Modules of this package that bring ROUTES of their own.
MORE = (
    "again",
    "ballot",
    "live",
    "open_ballots",
    "open_data",
    "own_data",
    "private_files",
    "upload",
    "log",
    "bundles",
    "checkpoints",
    "protocol",
    "receipt_code",
)


def routes() -> list[BaseRoute]:
    """Return all routes of Glas."""
    found: list[BaseRoute] = [*health.ROUTES, *language.ROUTES, *session.ROUTES]
    for name in MORE:
        if find_spec(f"pages.endpoints.{name}"):
            found.extend(import_module(f"pages.endpoints.{name}").ROUTES)
    return found


def layers(ours: list[BaseRoute]) -> list[Middleware]:
    """Return the layers round the app, the outermost first."""
    source = (STREAMLIT / "index.html").read_text("utf-8")
    return [
        Middleware(headers.SecurityHeaders, scripts=shell.hashes(source)),
        Middleware(access_log.AccessLog),
        Middleware(failures.Failures),
        Middleware(middleware.Guard),
        Middleware(limits.Paced),
        Middleware(limits.Paced, counts=limits.is_dear, at_once=300, per_second=5.0),
        Middleware(limits.Sizes),
        Middleware(Static, streamlit=STREAMLIT),
        Middleware(middleware.Language),
        Middleware(shell.Shell, streamlit=STREAMLIT, routes=ours),
    ]
