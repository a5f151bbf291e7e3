"""The process that serves: Streamlit's own `run`, which ends without a complaint when it is interrupted."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

import uvicorn
from click import Abort
from streamlit.web.cli import main


class Nameless(uvicorn.Config):
    """Streamlit's choice of settings for uvicorn, but answers do not say what made them."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named, server_header=False)


if __name__ == "__main__":
    # Streamlit makes the configuration itself and asks nobody for this setting.
    uvicorn.Config = Nameless  # type: ignore[misc]
    with suppress(Abort, KeyboardInterrupt):
        main(["run", "app.py", *sys.argv[1:]], standalone_mode=False)
