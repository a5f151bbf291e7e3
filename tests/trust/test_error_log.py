"""What the log of a real server says when the database fails under people: nothing of what they sent."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from core import clock, sessions, store
from db import engine, tables
from tests import worlds
from tests.paths import ROOT
from tests.servers import serve
from tests.trust import leaks

REQUEST = "q7" * 18
NICKNAME = "Златка-Петрова"
MAIL = "zlatka.p@example.org"


@dataclass(frozen=True)
class Told:
    """A server on which everything failed: its log, and what must not stand in it."""

    log: str
    secrets: dict[str, str]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Have a vote, a sign-in and a page fail on a server whose database refuses their rows."""
    folder = tmp_path_factory.mktemp("failing")
    file = folder / "data" / "glas.db"
    with engine.use(f"sqlite:///{file}") as opened:
        store.upgrade()
        with store.transaction() as session:
            town = worlds.build(session, clock.now())
            token = sessions.open_session(session, town.resident, at=clock.now())
        opened.dispose()
    with sqlite3.connect(file) as connection:
        for name in ("slot", "sign_in"):
            refuse = f"SELECT RAISE(ABORT, 'no room for {MAIL}')"
            connection.execute(f"CREATE TRIGGER no_{name} BEFORE INSERT ON {name} BEGIN {refuse}; END")
    connection.close()
    server = serve(folder)
    with server as base:
        headers = {"cookie": f"glas={token}", "sec-fetch-site": "same-origin"}
        ballot = {"request_id": REQUEST, "choices": ["p04"], "replaces": 0, "nonce": "ab" * 32}
        with httpx.Client(base_url=base, headers=headers, trust_env=False) as client:
            assert client.post("/api/rounds/2026/ballot", json=ballot).status_code == 500
            assert client.post("/session/again", json={"password": worlds.PASSWORD}).status_code == 500
        yield Told(server.said(), {
            "request": REQUEST, "nonce": "ab" * 32, "token": token, "digest": sessions.digest(token),
            "password": worlds.PASSWORD, "mail": MAIL,
        })  # fmt: skip


def test_a_failing_vote_and_a_failing_sign_in_are_logged_without_their_rows(told: Told):
    assert told.log.count("Route api broke") == told.log.count("Route session broke") == 1
    # The statement may be told, its values not.
    assert "INSERT INTO slot" in told.log and "hide_parameters" in told.log
    assert leaks.find({"log": told.log.encode()}, told.secrets) == set()
    assert "[parameters: (" not in told.log and "[parameters: {" not in told.log


def test_what_the_message_of_an_error_quotes_is_taken_out_of_the_log_of_the_server(told: Told):
    assert told.log.count("no room for […]") >= 2


SPEAKING = """
import logging, threading, warnings
import {first}
from streamlit.logger import get_logger
for name in ("glas.errors", "core.trust.board", "asyncio", "uvicorn.error", "somebody.else"):
    logging.getLogger(name).error("mail of %s", "zlatka.p@example.org")
get_logger("streamlit.brought.late").error("mail of zlatka.p@example.org")
warnings.warn("mail of zlatka.p@example.org")
def fail(): raise ValueError("mail of zlatka.p@example.org")
thread = threading.Thread(target=fail)
thread.start(); thread.join()
class Broken:
    def __del__(self): fail()
Broken()
logging.getLogger("glas.errors").error("%s %s", "zlatka.p@example.org")
fail()
"""


def spoken(first: str, folder: Path) -> tuple[int, str]:
    """Return how often something was said about the mail, and all that was said."""
    environment = {**os.environ, "GLAS_DATA_DIR": str(folder / "data"), "GLAS_KEY_DIR": str(folder / "keys")}
    done = subprocess.run(
        [sys.executable, "-c", SPEAKING.format(first=first)], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    return done.stderr.count("mail of"), done.stdout + done.stderr


def test_whatever_speaks_in_the_process_of_the_server_is_cleaned(tmp_path: Path):
    times, said = spoken("app", tmp_path)

    assert times >= 10 and MAIL not in said
    assert "Nobody caught this" in said and "ValueError" in said


def test_control_without_the_app_all_of_them_say_it(tmp_path: Path):
    times, said = spoken("core.redaction", tmp_path)

    assert times >= 10 and said.count(MAIL) >= 10


def test_what_a_database_quotes_of_a_row_is_in_no_error(town: worlds.Town):
    row = {
        "municipality_id": town.municipality.id, "nickname": NICKNAME, "nickname_key": "resident", "email": MAIL,
        "birth_year": 2009, "password_hash": "argon2-hash-4711", "pseudonym": "p-4712", "created_at": town.at,
    }  # fmt: skip
    told = []
    for changes in ({}, {"nickname_key": "zlatka", "created_at": None}, {"municipality_id": 4713, "nickname_key": "z"}):
        with pytest.raises(DBAPIError) as failed, store.transaction() as session:
            session.connection().execute(tables.table_of(tables.Person).insert(), row | changes)
        told.append("".join(traceback.format_exception(failed.value)))

    assert len(told) == 3 and all("IntegrityError" in each or "Violation" in each for each in told)
    for secret in (NICKNAME, MAIL, "argon2-hash", "4712", "4713", "Key (", "Failing row"):
        assert not any(secret in each for each in told), secret


def test_control_another_engine_quotes_it(town: worlds.Town, database: str):
    bare = create_engine(engine.normal(database))
    with pytest.raises(DBAPIError) as failed, bare.begin() as connection:
        connection.execute(
            tables.table_of(tables.Area).insert(), {"municipality_id": 1, "code": None, "names": {"bg": MAIL}}
        )
    bare.dispose()

    assert MAIL in str(failed.value)
