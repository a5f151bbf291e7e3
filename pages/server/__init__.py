"""The layers that every request passes, round the pages and the plain HTTP beside them.

May import: `parts`, `menu`.
Begin with: `layers`, outermost first; then `guard`.
"""

from __future__ import annotations

from pathlib import Path

import streamlit
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from pages.server import access_log, border, failures, guard, headers, limits, shell, streams
from pages.server.static import Static

STREAMLIT = Path(streamlit.__file__).parent / "static"


def layers(ours: list[BaseRoute], previews: shell.Previews | None = None) -> list[Middleware]:
    """Return the layers round the app, the outermost first; `previews` tells what an address is about."""
    source = (STREAMLIT / "index.html").read_text("utf-8")
    return [
        Middleware(headers.SecurityHeaders, scripts=shell.hashes(source)),
        Middleware(border.Border),
        Middleware(access_log.AccessLog),
        Middleware(failures.Failures),
        Middleware(guard.Guard),
        Middleware(limits.Paced),
        Middleware(limits.Paced, counts=limits.opens, at_once=200, per_second=10.0),
        Middleware(limits.Paced, counts=limits.reads, at_once=1_000, per_second=60.0),
        Middleware(streams.Streams),
        Middleware(limits.Paced, counts=limits.is_dear, at_once=300, per_second=5.0),
        Middleware(limits.Sizes),
        Middleware(Static, streamlit=STREAMLIT),
        Middleware(guard.Language),
        Middleware(shell.Shell, streamlit=STREAMLIT, routes=ours, previews=previews),
    ]
