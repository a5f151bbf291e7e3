"""The process that serves: Streamlit's own `run`, which ends without a complaint when it is interrupted."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

import uvicorn
from click import Abort
from streamlit.web.cli import main

from pages.server import frames, open_files


class Bounded(uvicorn.Config):
    """Streamlit's choice of settings for uvicorn, but what comes has bounds and answers do not say what made them."""

    def __init__(self, *given: Any, **named: Any) -> None:
        ours = {
            "server_header": False, "http": frames.Requests, "ws": frames.Frames, "ws_max_size": frames.MOST,
            "ws_per_message_deflate": False,
        }  # fmt: skip
        super().__init__(*given, **{**named, **ours})


if __name__ == "__main__":
    # Streamlit makes the configuration itself and asks nobody for this setting.
    open_files.raise_limit()
    uvicorn.Config = Bounded  # type: ignore[misc]
    with suppress(Abort, KeyboardInterrupt):
        main(["run", "app.py", *sys.argv[1:]], standalone_mode=False)
