"""A server under test as a child process; its CPU time and memory are read from outside."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

import httpx
import psutil

# The same server options for both sides, whatever folder the app lies in.
OPTIONS = (
    "--server.headless=true",
    "--server.address=127.0.0.1",
    "--server.fileWatcherType=none",
    "--runner.postScriptGC=false",
    "--browser.gatherUsageStats=false",
)


def free_port(first: int = 8550, last: int = 8569) -> int:
    """Return a port on which nothing listens."""
    for port in range(first, last + 1):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError(f"no free port from {first} to {last}")


class Server:
    """`streamlit run APP` until the end of the `with` block."""

    def __init__(self, app: Path, port: int, env: dict[str, str] | None = None) -> None:
        self.base = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "streamlit", "run", app.name, f"--server.port={port}", *OPTIONS]
        self.log = Path(tempfile.gettempdir()) / f"glas-bench-{port}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=app.parent, env={**os.environ, **(env or {})}, stdout=log, stderr=subprocess.STDOUT
            )
        self.ps = psutil.Process(self.process.pid)

    def __enter__(self) -> Server:
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _wait(self, seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if httpx.get(f"{self.base}/_stcore/health", trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-3000:]}")

    def cpu(self) -> float:
        """Return the CPU milliseconds used so far, threads that have ended included."""
        return cpu_ms(self.process.pid)

    def peak(self) -> float:
        """Return the most memory it held at once, in MB."""
        return peak_mb(self.process.pid)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(8)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)


def cpu_ms(pid: int) -> float:
    """Return the CPU milliseconds of a process."""
    try:
        # The process's own CPU clock, in nanoseconds; /proc counts in steps of 10 ms, too coarse for one click.
        return time.clock_gettime((~pid << 3) | 2) * 1000
    except OSError:
        return sum(psutil.Process(pid).cpu_times()[:2]) * 1000


def peak_mb(pid: int) -> float:
    """Return the peak of a process's resident memory in MB (where the system does not tell: what it holds now)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return psutil.Process(pid).memory_info().rss / 2**20
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
