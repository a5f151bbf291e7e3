"""The process that serves: Streamlit's own `run`, which ends without a complaint when it is interrupted."""

from __future__ import annotations

import sys
from contextlib import suppress

from click import Abort
from streamlit.web.cli import main

if __name__ == "__main__":
    with suppress(Abort, KeyboardInterrupt):
        main(["run", "app.py", *sys.argv[1:]], standalone_mode=False)
