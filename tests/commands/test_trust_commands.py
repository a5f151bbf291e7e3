"""The commands of auditors and operators: what they say, in both languages, and with which code they end."""

from __future__ import annotations

import ast
import io
import json
from dataclasses import replace

import pytest

from core import trust
from core.audit import bundle
from core.errors import KeyMissing
from core.settings import settings
from core.trust import escrow, keys
from core.trust.checkpoints import verifier
from db import engine
from pages import terminal
from pages.commands import talk
from tests.helpers import boxes, bundles, forgeries, voted
from tests.helpers.paths import ROOT


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
    # 27 checks; of these the key, two kept notes and a verdict ask for something from elsewhere.
    assert (said.count("✓"), said.count("?"), said.count("✗")) == (23, 4, 0)
    words = {
        "bg": ("изпълнено: ", "не може да се провери от този пакет: "),
        "en": ("holds: ", "cannot be checked from this bundle: "),
    }
    assert [sum(line[2:].startswith(each) for line in said.splitlines()) for each in words[language]] == [23, 4]
    assert ("Every check holds" in said) is False
    assert ("What this bundle shows holds: 23 of 27 checks. 4 cannot be checked" in said) == (language == "en")
    assert glas("recount", file, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["passed"], told["complete"]) == (True, False)
    assert told["checksum"] in said


def test_a_checkpoint_and_a_note_that_were_kept_are_held_against(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GLAS_LANG", "en")
    values = bundles.opened(100, rule="greedy")
    (tmp_path / "cut.zip").write_bytes(bundle.to_zip(bundles.files(forgeries.cut_back(values))))
    (tmp_path / "note").write_text(values.checkpoints[-1])
    (tmp_path / "watched.json").write_text(json.dumps({"url": "x", "key": "x", "note": values.checkpoints[-1]}))
    (tmp_path / "voted-on").write_text(values.notes[2])

    assert glas("recount", tmp_path / "cut.zip") == 0
    for option, file in (("--checkpoint", "note"), ("--checkpoint", "watched.json"), ("--voted-on", "voted-on")):
        assert glas("recount", tmp_path / "cut.zip", option, tmp_path / file) == 1
    assert "lines were cut off" in capsys.readouterr().out
    assert glas("recount", tmp_path / "cut.zip", "--key", "") == 1


def test_an_auditor_signs_and_others_believe(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GLAS_LANG", "en")
    monkeypatch.chdir(tmp_path)
    values = bundles.opened(60, rule="greedy")
    (tmp_path / "auditor.zip").write_bytes(bundle.to_zip(bundles.files(values)))
    key = verifier(bundles.ORIGIN, bundles.KEY.verify_key)

    assert glas("recount", "auditor.zip", "--sign", "secret") == 1
    assert glas("recount", "auditor.zip", "--key", key, "--sign", "secret") == 0
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
    public = capsys.readouterr().err.split()[-1]
    signed = replace(bundles.public(values), verdict=(tmp_path / "verdict.txt").read_text("utf-8"))
    (tmp_path / "public.zip").write_bytes(bundle.to_zip(bundles.files(signed)))
    (tmp_path / "kept").write_text(values.checkpoints[0])
    (tmp_path / "noted").write_text(values.notes[0])

    told = ("--key", key, "--checkpoint", "kept", "--voted-on", "noted", "--auditor", public)
    assert glas("recount", "public.zip", *told) == 0
    assert capsys.readouterr().out.endswith("Every check holds.\n")


# The screen is cleared, the title set, the reading order turned; 8-bit controls work without an escape.
NASTY = "\x1b[2J\x1b]0;x\x07\x9b2J\u202e\r\x00✓ Every check holds."


def test_what_a_file_says_is_never_obeyed_by_the_terminal(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GLAS_LANG", "en")
    values = bundles.opened(20, rule="greedy")
    told = forgeries.of_rules(lambda rules: rules["draw"].update(randomness=NASTY))
    (tmp_path / "b.zip").write_bytes(bundle.to_zip(forgeries.file_changed(bundle.RULES, told)(values)))
    bundles.to_folder({**bundles.files(values), "\x1b[2J\x9b": b"x"}, tmp_path / "b")
    (tmp_path / "x.pb").write_text(
        f"META\nkey;value\nbudget;1\nvote_type;approval\nrule;greedy\nPROJECTS\nproject_id;cost;name\na;1;{NASTY[:9]}\nVOTES\nvoter_id;vote\n1;a\n"
    )

    for words in (
        ("recount", tmp_path / "b.zip"), ("recount", tmp_path / "b.zip", "--json"), ("recount", tmp_path / "b"),
        ("recount", tmp_path / "b", "--json"), ("count", tmp_path / "x.pb"), ("count", tmp_path / "x.pb", "--json"),
        ("count", f"{tmp_path}/{NASTY[1:]}.pb"), ("compare", tmp_path / "x.pb"), ("recount", f"{tmp_path}/{NASTY[:9]}"),
    ):  # fmt: skip
        glas(*words)
        out = "".join(capsys.readouterr())
        assert out and not talk.OBEYED.search(out), words
        if "--json" in words:
            json.loads(out)
    assert talk.shown("a\tb\n\x1b\x9b\x7f") == "a\tb\n\\u001b\\u009b\\u007f"


def test_every_command_speaks_through_the_one_function_that_shows_controls():
    found = {
        f"{file.name}:{node.lineno}"
        for file in (*(ROOT / "pages" / "commands").glob("*.py"), ROOT / "pages" / "terminal.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "sys.stdout.write", "sys.stderr.write")
    }
    # What says it, and the progress bar, whose label is shown the same way.
    assert {each.partition(":")[0] for each in found} == {"talk.py"} and len(found) == 2


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
