"""What takes power away: a PostgreSQL that is stopped in mid-work, a small disk, and a look at what reaches a disk."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.helpers import postgres

NO_MOUNTING = "mounting a small disk is forbidden here (only root may)"
SAFE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "listen_addresses=", "max_connections=60")
CARELESS = (*SAFE, "synchronous_commit=off", "wal_writer_delay=10s")


class Cluster:
    """A PostgreSQL of our own that can be stopped as by a power cut, and started again on the same files."""

    def __init__(self, binaries: Path, settings: tuple[str, ...] = SAFE) -> None:
        self.binaries, self.settings = binaries, settings
        self.home = Path(tempfile.mkdtemp(prefix="glas-pc-"))
        self.as_nobody = postgres._as_nobody(self.home)
        self.process: subprocess.Popen[bytes] | None = None
        subprocess.run(
            [*self.as_nobody, binaries / "initdb", "-D", self.home / "data", "-U", "glas", "-A", "trust", "-E", "UTF8",
             "--locale=C", "-N"], check=True, stdout=subprocess.DEVNULL, cwd=self.home,
        )  # fmt: skip

    def start(self) -> str:
        """Start, recover, and return the address of the database `postgres`."""
        options = [word for setting in self.settings for word in ("-c", setting)]
        with (self.home / "log").open("a") as log:
            self.process = subprocess.Popen(
                [*self.as_nobody, self.binaries / "postgres", "-D", self.home / "data", "-k", self.home, *options],
                stdout=log, stderr=log, cwd=self.home,
            )  # fmt: skip
        return postgres._answering(self.process, self.home)

    def stop(self, how: int = signal.SIGQUIT) -> None:
        """Stop at once, as `pg_ctl stop -m immediate` does."""
        if self.process:
            self.process.send_signal(how)
            self.process.wait(30)

    def remove(self) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.home, ignore_errors=True)


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path | None]:
    """Give a folder on a disk of its own of this size, None where mounting is forbidden."""
    folder = Path(tempfile.mkdtemp(prefix="glas-sd-"))
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "glas", folder], capture_output=True, check=False
        ).returncode
    )
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", folder], check=False)
        folder.rmdir()


@contextmanager
def trace(file: Path, processes: Sequence[int]) -> Iterator[None]:
    """Write down what these processes, and those they start meanwhile, send and sync while the block runs."""
    calls = "trace=fsync,fdatasync,sendto,sendmsg,write"
    named = [word for process in processes for word in ("-p", str(process))]
    command = ["strace", "-f", "-y", "-s", "200", "-e", calls, "-o", str(file), *named]
    watching = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while not all(_is_traced(process) for process in processes):
            assert watching.poll() is None and time.monotonic() < until, "strace did not come near"
            time.sleep(0.01)
        yield
    finally:
        watching.send_signal(signal.SIGINT)
        watching.wait(60)


def may_trace() -> bool:
    """Return whether strace is here and the system lets it look at what others do."""
    if not shutil.which("strace"):
        return False
    sleeping = subprocess.Popen(["sleep", "60"])
    watching = subprocess.Popen(["strace", "-o", "/dev/null", "-p", str(sleeping.pid)], stderr=subprocess.DEVNULL)
    try:
        while watching.poll() is None and not _is_traced(sleeping.pid):
            time.sleep(0.01)
        return watching.poll() is None
    finally:
        for process in (watching, sleeping):
            process.terminate()
            process.wait(60)


def _is_traced(process: int) -> bool:
    status = Path(f"/proc/{process}/status").read_text()
    return re.search(r"^TracerPid:\s*0$", status, re.MULTILINE) is None
