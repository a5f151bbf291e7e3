"""One process serves a town: real servers, a second one, workers, a crash, a restart, and commands beside them."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from tests.helpers.paths import ROOT
from tests.helpers.worlds import Town

GLAS = (sys.executable, "-m", "pages.terminal")


def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "GLAS_LANG": "en", "DEMO": "0", **more}


@contextlib.contextmanager
def started(*words: str, log: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a command that writes to a file of its own, and end it with all that it has started."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            words, cwd=ROOT, env=environment(**more), stdout=out, stderr=out, start_new_session=True
        )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def serve(on: int, log: Path, **more: str):
    return started(*GLAS, "serve", log=log, PORT=str(on), **more)


def answers(on: int, within: float = 240) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        with contextlib.suppress(URLError, OSError), urlopen(f"http://127.0.0.1:{on}/healthz", timeout=2) as answer:
            return answer.status == 200
        time.sleep(0.1)
    return False


def said(log: Path, words: str, within: float = 120) -> str:
    """Return what a log says once it says these words."""
    until = time.monotonic() + within
    while words not in (found := log.read_text("utf-8", "replace")) and time.monotonic() < until:
        time.sleep(0.1)
    assert words in found, found[-3000:]
    return found


def glas(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*GLAS, *words], cwd=ROOT, env=environment(**more), capture_output=True, text=True, timeout=240, check=False
    )


@pytest.fixture
def database(sqlite_database: str) -> str:
    """Give SQLite only: a server refuses the PostgreSQL of the tests, which runs without fsync.

    Its lock is asked for in tests/core/trust/test_serving.py.
    """
    return sqlite_database


def test_a_second_server_is_refused_a_restart_waits_and_a_crash_leaves_no_lock(town: Town, tmp_path: Path):
    one, two = port(), port()
    with serve(one, tmp_path / "first.log") as first:
        assert answers(one)

        began = time.monotonic()
        second = glas("serve", PORT=str(two))
        waited = time.monotonic() - began
        assert second.returncode == 2 and 9 < waited < 120
        assert f"process {first.pid} on {socket.gethostname()}, since " in second.stderr
        assert second.stderr.count("Waiting 10 seconds") == 1

        # Started past `glas serve`, it finds out by itself, in a sentence and without a trace of code.
        bare = subprocess.run(
            [sys.executable, "-m", "uvicorn", "app:app", "--port", str(two)], cwd=ROOT, env=environment(PORT=str(two)),
            capture_output=True, text=True, timeout=240,
        )  # fmt: skip
        assert bare.returncode == 3 and f"process {first.pid} on" in bare.stderr and "Traceback" not in bare.stderr
        assert answers(one, 1)

        # A restart: the new one begins while the old one still ends.
        with serve(one, tmp_path / "second.log") as restarted:
            said(tmp_path / "second.log", "Waiting 10 seconds")
            first.send_signal(signal.SIGTERM)
            assert first.wait(30) is not None
            assert answers(one) and restarted.poll() is None

            os.kill(restarted.pid, signal.SIGKILL)
            restarted.wait(10)
            began = time.monotonic()
            with serve(one, tmp_path / "third.log"):
                assert answers(one)
                assert "Waiting" not in (tmp_path / "third.log").read_text()


def test_of_two_workers_the_second_serves_nothing_and_says_so_once(town: Town, tmp_path: Path):
    on, log = port(), tmp_path / "workers.log"
    words = (sys.executable, "-m", "uvicorn", "app:app", "--port", str(on), "--workers", "2")
    with started(*words, log=log, PORT=str(on)) as parent:
        assert answers(on)
        told = said(log, "This worker")
        (first, second) = re.search(r"Process (\d+) already serves.*This worker \((\d+)\)", told).groups()
        for _ in range(100):
            assert answers(on, 2)
        time.sleep(6)
        told = log.read_text()
        assert told.count("This worker") == 1 and told.count("Application startup complete") == 1
        assert "Traceback" not in told and "died" not in told

        # Once the first one dies another one serves.
        os.kill(int(first), signal.SIGKILL)
        time.sleep(2)
        assert answers(on)

        parent.send_signal(signal.SIGTERM)
        assert parent.wait(30) is not None
        assert not Path(f"/proc/{second}").exists()
    with serve(on, tmp_path / "after.log"):
        assert answers(on)


def test_commands_work_beside_the_server_but_two(town: Town, tmp_path: Path):
    on, kept = port(), tmp_path / "kept.tar.gz"
    with serve(on, tmp_path / "server.log") as server:
        assert answers(on)
        assert glas("rounds").returncode == 0
        assert glas("backup", str(kept)).returncode == 0
        for words in (("migrate",), ("restore", str(kept))):
            refused = glas(*words)
            assert (refused.returncode, refused.stdout) == (2, "")
            assert f"process {server.pid} on" in refused.stderr and "Stop it first" in refused.stderr
        assert answers(on, 1)
        bulgarian = glas("migrate", GLAS_LANG="bg")
        assert f"процес {server.pid} на" in bulgarian.stderr
    assert glas("migrate").returncode == 0


def test_a_database_put_in_the_place_of_the_one_being_served_is_told(town: Town, tmp_path: Path):
    on, log = port(), tmp_path / "server.log"
    with serve(on, log):
        assert answers(on)
        file, copy = tmp_path / "data" / "glas.db", tmp_path / "copy.db"
        shutil.copy(file, copy)
        copy.replace(file)
        said(log, "The database was replaced")
        with pytest.raises(HTTPError) as unwell:
            urlopen(f"http://127.0.0.1:{on}/healthz", timeout=5)
        assert unwell.value.code == 503
