"""The commands of auditors and operators: what they say, in both languages, and with which code they end."""

from __future__ import annotations

import io
import json

import pytest

from core import trust
from core.audit import bundle
from core.errors import KeyMissing
from core.settings import settings
from core.trust import escrow, keys
from db import engine
from pages import terminal
from pages.commands import talk
from tests.helpers import boxes, bundles, forgeries, voted


@pytest.fixture
def database(sqlite_database) -> str:
    return sqlite_database


@pytest.fixture(params=["bg", "en"])
def language(request, monkeypatch) -> str:
    monkeypatch.setenv("GLAS_LANG", request.param)
    return request.param


def glas(*words: object) -> int:
    return terminal.main([str(word) for word in words])


def test_a_recount_says_every_check_and_ends_well(language, tmp_path, capsys):
    file = tmp_path / "bundle.zip"
    file.write_bytes(bundle.to_zip(bundles.files(bundles.opened(20, rule="greedy"))))

    assert glas("recount", file) == 0
    said = capsys.readouterr().out
    assert said.count("✓") == 19 and "✗" not in said
    assert ("Every check passed, by the key" in said) == (language == "en")
    assert glas("recount", file, "--json") == 0
    assert json.loads(capsys.readouterr().out)["passed"] is True


@pytest.mark.parametrize("check", forgeries.FORGERIES)
def test_a_failed_check_is_told_in_words(language, check, tmp_path, capsys):
    values = bundles.opened(60, rule="greedy")
    values = bundles.public(values) if check == "numbers" else values
    bundles.to_folder(forgeries.FORGERIES[check](values), tmp_path / "b")

    assert glas("recount", tmp_path / "b") == 1
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("✗"))
    assert len(line) > 20
    assert "(" not in line.replace("(EUR)", "") or "{" not in line


def test_what_is_no_bundle_fails_and_what_is_not_there_is_said(language, tmp_path, capsys):
    (tmp_path / "x.zip").write_bytes(b"no bundle")
    assert glas("recount", tmp_path / "x.zip") == 1
    assert glas("recount", tmp_path / "y.zip") == 2


def test_a_backup_is_made_checked_and_restored_with_its_link(town, language, tmp_path, capsys, monkeypatch):
    people = voted.voters(town, 4)
    voted.vote(town, people[:3], again=0)
    file, phrases = tmp_path / "glas.tar.gz", ("пет зелени кестена край реката", "seven quiet bridges at noon")
    monkeypatch.setattr(escrow, "EFFORT", 1)
    monkeypatch.setattr(escrow, "MEMORY", 8192 * 1024)
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(phrases) + "\n"))

    assert glas("backup", file, "--link", "2026") == 0
    assert glas("backup", file, "--check") == 0
    assert file.stat().st_mode & 0o077 == 0
    sealed = tmp_path / "glas.tar.gz.2026.link"
    assert sealed.stat().st_mode & 0o077 == 0
    boxes.lose_link(town.round.id)

    elsewhere = f"sqlite:///{tmp_path / 'again' / 'glas.db'}"
    monkeypatch.setenv("GLAS_DATABASE_URL", elsewhere)
    settings.cache_clear()
    with engine.use(elsewhere):
        monkeypatch.setattr("builtins.input", lambda _question: phrases[1])
        assert glas("restore", file, "--link", sealed) == 0
        assert voted.cast(town, people[3], ["p01"], 0).revision == 1
        assert glas("restore", file) == 2


def test_a_lost_link_is_put_back_into_the_database_that_is_here(town, language, tmp_path, capsys, monkeypatch):
    people = voted.voters(town, 2)
    voted.vote(town, people[:1], again=0)
    monkeypatch.setattr(escrow, "EFFORT", 1)
    monkeypatch.setattr(escrow, "MEMORY", 8192 * 1024)
    phrases = ("пет зелени кестена край реката", "seven quiet bridges at noon")
    sealed = tmp_path / "link"
    sealed.write_bytes(escrow.seal(town.round.slug, keys.link_key(town.round.id), phrases))
    boxes.lose_link(town.round.id)
    with pytest.raises(KeyMissing):
        voted.cast(town, people[1], ["p01"], 0)
    monkeypatch.setattr("builtins.input", lambda _question: phrases[0])

    assert glas("restore") == 2
    assert "--link" in capsys.readouterr().err
    assert glas("restore", "--link", sealed) == 0

    assert voted.cast(town, people[1], ["p01"], 0).revision == 1


def test_a_stale_backup_is_said_to_be_stale(town, language, tmp_path, capsys, monkeypatch):
    people = voted.voters(town, 6)
    voted.vote(town, people[:2], again=0)
    glas("backup", tmp_path / "old.tar.gz")
    voted.vote(town, people[2:], again=0)

    with engine.use(f"sqlite:///{tmp_path / 'again' / 'glas.db'}"):
        trust.forget()
        assert glas("restore", tmp_path / "old.tar.gz") == 1
    assert "2026" in capsys.readouterr().out


def test_a_backup_takes_the_place_of_nothing(town, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GLAS_LANG", "en")
    file = tmp_path / "glas.tar.gz"
    assert glas("backup", file) == 0
    kept = file.read_bytes()

    assert glas("backup", file) == 2
    assert "is there already" in capsys.readouterr().err and file.read_bytes() == kept

    (tmp_path / "new.tar.gz.2026.link").write_text("an older link")
    assert glas("backup", tmp_path / "new.tar.gz", "--link", "2026") == 2
    assert not (tmp_path / "new.tar.gz").exists()


def test_a_backup_says_that_a_board_was_altered(town, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GLAS_LANG", "en")
    voted.vote(town, voted.voters(town, 4), again=0)
    # The control: of an honest board nothing is said.
    assert glas("backup", tmp_path / "honest.tar.gz") == 0
    assert "ATTENTION" not in capsys.readouterr().err
    boxes.change("UPDATE leaf SET commitment = :other WHERE position = 0", other=bytes(32))

    assert glas("backup", tmp_path / "altered.tar.gz") == 1
    assert "ATTENTION" in capsys.readouterr().err
    assert (tmp_path / "altered.tar.gz").exists()


def test_a_passphrase_is_not_shown_as_it_is_typed(monkeypatch):
    monkeypatch.setattr(talk, "can_ask", lambda: True)
    monkeypatch.setattr(talk, "getpass", lambda question: f"unseen {question}")
    monkeypatch.setattr("builtins.input", lambda _question: pytest.fail("shown"))

    assert talk.ask_secret("Passphrase") == "unseen Passphrase: "
