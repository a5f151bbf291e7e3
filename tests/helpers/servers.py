"""A real server for tests, as `glas serve` starts it, whose every line of log can be read."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.helpers.paths import ROOT


class serve:
    """A server as a child process, on a free port of this computer."""

    def __init__(self, folder: Path, *, files: int = 0, **env: str) -> None:
        """Serve the database in `folder`; `files`: how many the system lets it open, 0 for as many as it lets us."""
        self.folder, self.files, self.env = folder, files, env

    def __enter__(self) -> str:
        """Start it and return its address once it answers."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        base = f"http://127.0.0.1:{port}"
        own = {
            "GLAS_DATA_DIR": str(self.folder / "data"), "GLAS_KEY_DIR": str(self.folder / "keys"), "PORT": str(port),
            **self.env,
        }  # fmt: skip
        passed = {name: value for name, value in os.environ.items() if not name.startswith(("GLAS_", "PORT", "DEMO"))}
        self.log = (self.folder / "server.log").open("wb")
        command = [sys.executable, "-m", "pages.commands.server", "--server.port", str(port)]
        if self.files:
            command = ["sh", "-c", f'ulimit -n {self.files}; exec "$@"', "sh", *command]
        self.process = subprocess.Popen(command, cwd=ROOT, env=passed | own, stdout=self.log, stderr=self.log)
        for _ in range(600):
            if self.process.poll() is not None:
                break
            try:
                with urlopen(base + "/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return base
            except (URLError, OSError):
                time.sleep(0.1)
        self.__exit__()
        raise RuntimeError(self.said()[-3000:])

    def __exit__(self, *_error: object) -> None:
        """Stop it."""
        self.process.terminate()
        try:
            self.process.wait(8)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        self.log.close()

    def said(self) -> str:
        """Return all that it has written so far, on either stream."""
        return (self.folder / "server.log").read_text("utf-8", "replace")
