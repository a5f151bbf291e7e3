"""`glas serve` and `glas demo`: what stands when a server starts, and what is said where it cannot."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from core import clock, municipalities, store
from core.demo import town
from core.permissions import OPERATOR
from core.settings import settings
from core.texts import Texts
from pages.commands import serve
from pages.parts import i18n
from tests.commands.conftest import glas
from tests.helpers.paths import ROOT

pytestmark = pytest.mark.usefixtures("sqlite_database", "english")


def test_the_demo_town_comes_is_renewed_and_goes(capsys):
    assert glas("demo") == 0
    said = capsys.readouterr().out
    for name in ("resident", "reviewer", "organiser2", "council", "auditor"):
        assert name in said
    assert glas("demo") == 2
    assert glas("demo", "--renew") == 0

    assert glas("demo", "--remove") == 0

    with store.reading() as session:
        assert municipalities.the_town(session) is None


def test_renewing_a_demo_that_is_not_there_says_so(capsys):
    assert glas("demo", "--renew") == 2

    assert capsys.readouterr().err.strip()


def test_a_demo_is_refused_where_others_come_in(capsys, monkeypatch):
    monkeypatch.setenv("GLAS_URL", "https://glas.example.org")
    settings.cache_clear()

    assert glas("demo") == 2

    assert "GLAS_URL" in capsys.readouterr().err


def test_serving_an_empty_database_creates_the_demo_and_says_how_to_sign_in(monkeypatch, capsys):
    served = []
    monkeypatch.setattr("pages.commands.serve.become_server", served.append)
    monkeypatch.setattr("pages.commands.serve.taken", lambda _port: False)

    assert glas("serve") == 0
    first = capsys.readouterr().out
    assert glas("serve") == 0
    second = capsys.readouterr().out

    assert len(served) == 2
    for said in (first, second):
        assert "http://127.0.0.1:8501" in said and "organiser2" in said and "kyustendil-demo" in said


def test_serving_without_a_demo_starts_empty_and_says_how_to_begin(monkeypatch, capsys):
    monkeypatch.setenv("DEMO", "0")
    settings.cache_clear()
    monkeypatch.setattr("pages.commands.serve.become_server", lambda _settings: None)
    monkeypatch.setattr("pages.commands.serve.taken", lambda _port: False)

    assert glas("serve") == 0

    assert "glas init" in capsys.readouterr().out
    with store.reading() as session:
        assert municipalities.the_town(session) is None


def test_serving_where_too_few_files_may_be_open_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setenv("DEMO", "0")
    settings.cache_clear()
    monkeypatch.setattr("pages.commands.serve.become_server", lambda _settings: None)
    monkeypatch.setattr("pages.commands.serve.taken", lambda _port: False)
    monkeypatch.setattr("pages.server.open_files.raise_limit", lambda: 1_024)
    monkeypatch.setattr("pages.server.open_files.most", lambda: 1_024)

    assert glas("serve") == 0

    said = capsys.readouterr().err
    assert "1024 files only, so about 105 pages" in said and "LimitNOFILE=16384" in said
    monkeypatch.setattr("pages.server.open_files.most", lambda: 16_384)
    assert glas("serve") == 0
    assert capsys.readouterr().err == ""


def test_a_port_that_is_taken_is_an_error_not_another_port(monkeypatch, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("PORT", str(other.getsockname()[1]))
        settings.cache_clear()

        assert glas("serve") == 2

    assert "PORT=" in capsys.readouterr().err


def test_a_database_that_cannot_be_reached_is_one_sentence_without_its_password():
    done = subprocess.run(
        [sys.executable, "-m", "pages.terminal", "rounds"],
        cwd=ROOT, env={"GLAS_DATABASE_URL": "postgresql://glas:secret@127.0.0.1:1/glas", "GLAS_LANG": "en"},
        capture_output=True, text=True, timeout=180,
    )  # fmt: skip

    assert done.returncode == 2
    assert "GLAS_DATABASE_URL" in done.stderr and "secret" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_demo_under_a_public_name_is_said_at_the_start_and_shows_no_password(monkeypatch, capsys):
    with store.transaction() as session:
        municipalities.create(
            session, OPERATOR, slug="demo", names=Texts(bg="Демо"), contact_email="a@example.org", at=clock.now(),
            demo=True,
        )  # fmt: skip
    i18n.use("en")
    serve.greet(settings())
    assert town.PASSWORD in capsys.readouterr().out

    monkeypatch.setenv("GLAS_URL", "https://glas.example.org")
    settings.cache_clear()
    serve.greet(settings())

    told = capsys.readouterr()
    assert told.out == "" and "under https://glas.example.org nobody can use its accounts" in told.err
