"""Files that are not what a command asks for: a sentence and a code, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from core.audit import bundle
from core.trust.checkpoints import verifier
from pages.commands import recount, watch
from pages.parts import i18n
from pages.terminal import main
from tests.helpers import bundles
from tests.helpers.paths import ROOT

LARGE = 100_000_000


def deep(path: Path) -> None:
    path.write_text('{"note":' * 50_000)


def nested(path: Path) -> None:
    path.write_text("[" * 50_000)


def no_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00{\xe9" * 20)


def folder(path: Path) -> None:
    path.mkdir()


def missing(path: Path) -> None:
    return


def empty(path: Path) -> None:
    path.touch()


def large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(LARGE)


def numbers(path: Path) -> None:
    path.write_text('{"url": 1, "key": [], "note": {}}')


ODD = (deep, nested, no_text, folder, missing, empty, large, numbers)
# What is typed before the file and after it, and the codes that may come of it.
COMMANDS = {
    "import": (("import",), (), {2}), "count": (("count", "--rule", "greedy"), (), {1}),
    "compare": (("compare",), (), {2}), "audit-rules": (("audit-rules",), (), {0, 1, 2}),
    "recount": (("recount",), (), {1, 2}), "restore": (("restore",), (), {2}),
    "link": (("restore", "--link"), (), {2, 130}),
    "watch": (("watch", "http://127.0.0.1:9", "--once", "--state"), (), {1, 2}),
}  # fmt: skip


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("GLAS_LANG", "en")
    i18n.use("en")
    yield
    i18n.use("bg")


@pytest.fixture(scope="module")
def honest(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("honest") / "bundle.zip"
    made.write_bytes(bundle.to_zip(bundles.files(bundles.opened(40))))
    return made


def told(capsys) -> str:
    out = capsys.readouterr()
    return out.out + out.err


def glas(*words: object) -> int:
    try:
        return main([str(word) for word in words])
    except SystemExit as left:
        return int(left.code or 0)


@pytest.mark.parametrize("make", ODD)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_something_else_is_refused_in_words(
    command: str, make, sqlite_database, tmp_path: Path, capsys, monkeypatch
):
    monkeypatch.setattr("getpass.getpass", lambda _question: "a passphrase")
    monkeypatch.setattr("builtins.input", lambda _question="": "a passphrase")
    make(tmp_path / "odd.pb")
    before, after, codes = COMMANDS[command]
    assert glas(*before, tmp_path / "odd.pb", *after) in codes
    assert (said := told(capsys)).strip() and "Traceback" not in said and "Error:" not in said


@pytest.mark.parametrize("make", ODD)
@pytest.mark.parametrize("option", ["--checkpoint", "--voted-on", "--sign"])
def test_what_is_laid_beside_a_bundle_is_refused_in_words(
    option: str, make, honest: Path, tmp_path: Path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "odd")
    key = verifier(bundles.ORIGIN, bundles.KEY.verify_key)
    code = glas("recount", honest, "--key", key, option, tmp_path / "odd")
    said = told(capsys)
    if make is missing and option == "--sign":
        assert (code, (tmp_path / "odd").stat().st_size) == (0, 65)
        return
    assert code == (2 if option == "--sign" or make in (folder, missing) else 1) and said.strip()
    assert not os.path.exists("verdict.txt")
    if option == "--sign" and make is not folder:
        assert "this is no secret key of an auditor" in said


def test_what_watch_has_kept_is_read_whole_or_not_at_all(tmp_path: Path):
    kept = tmp_path / "state"
    watch.keep(kept, watch.State("u", "k", "n"))
    assert watch.read_state(kept) == watch.State("u", "k", "n")
    for make in (deep, nested, no_text, empty, numbers):
        kept.unlink()
        make(kept)
        with pytest.raises(OSError, match="not a file of `glas watch`"):
            watch.read_state(kept)
    # The control: what it keeps is taken as a checkpoint.
    watch.keep(kept, watch.State("u", "k", "a note"))
    assert recount.kept(kept) == "a note"


def test_a_round_of_a_database_that_is_empty_is_not_there(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "pages.terminal", "count", "nothing-here"],
        cwd=ROOT, capture_output=True, text=True, timeout=180,
        env={"PATH": "", "GLAS_LANG": "en", "GLAS_DATA_DIR": str(tmp_path / "d"), "GLAS_KEY_DIR": str(tmp_path / "k")},
    )  # fmt: skip
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr == "nothing-here: There is no such round. The address may be mistyped.\n"


OTHER = verifier("glas.example/log/2026/verdict", SigningKey(bytes(32)).verify_key)


@pytest.mark.parametrize(
    ("public", "given", "outcome", "sentence"),
    [
        (True, OTHER, "fails", "You gave an auditor’s key, but no verdict lies in this bundle."),
        (False, OTHER, "unseen", "so the auditor’s key that you gave was not used; the opened ballots are here."),
        (True, "rubbish", "fails", "What you gave is no public key line."),
        (False, "rubbish", "fails", "What you gave is no public key line."),
        (True, None, "unseen", "None lies in this bundle."),
    ],
)
def test_a_key_of_an_auditor_without_a_verdict_is_spoken_of(public: bool, given, outcome: str, sentence: str):
    values = bundles.opened(40)
    found = recount.recount(
        bundle.to_zip(bundles.files(bundles.public(values) if public else values)), bundles.given(values, auditor=given)
    )
    (told,) = (each for each in found if each.name == "verdict")
    i18n.use("en")
    assert told.outcome == outcome and recount.recount_words.sentence(told).endswith(sentence)
