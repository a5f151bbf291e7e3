"""What a real server, started as `glas serve` does, tells of itself and of Streamlit below it: next to nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from core import clock, store
from db import engine
from tests.guarantees.test_surface import DOORS, NAMES
from tests.helpers import worlds
from tests.helpers.servers import serve


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("served")
    with engine.use(f"sqlite:///{folder / 'data' / 'glas.db'}") as opened:
        store.upgrade()
        with engine.transaction() as session:
            worlds.build(session, clock.now())
        opened.dispose()
    with serve(folder) as address:
        yield address


@pytest.mark.parametrize("path", ["/", "/healthz", "/_stcore/health", "/assets/glas.css", "/no/such/page", "/api/x"])
def test_no_answer_names_the_server(base: str, path: str):
    answer = httpx.get(base + path, trust_env=False)

    assert "server" not in answer.headers
    assert [name for name in NAMES if name not in answer.headers] == []


def test_what_is_no_request_at_all_is_refused_without_a_name(base: str):
    with socket.create_connection(("127.0.0.1", int(base.rpartition(":")[2])), timeout=10) as knocking:
        knocking.sendall(b"GARBAGE\r\n\r\n")
        told = knocking.recv(4_000)

    # uvicorn refuses it itself, before anything of ours has seen it: a line of text, no headers of ours.
    assert told.startswith(b"HTTP/1.1 400 ") and b"server:" not in told.lower()
    assert told.endswith(b"Invalid HTTP request received.")


def test_no_page_elsewhere_may_steer_ours(base: str):
    told = httpx.get(f"{base}/_stcore/host-config", trust_env=False)

    assert told.status_code == 200 and told.json()["allowedOrigins"] == []
    assert told.json()["useExternalAuthToken"] is False


@pytest.mark.parametrize("path", DOORS)
def test_streamlits_own_page_is_behind_no_door(base: str, path: str):
    answer = httpx.get(base + path, trust_env=False)

    assert answer.status_code == 404 and "g-alone" in answer.text
    assert "streamlit" not in answer.text.casefold()
