"""Watching from outside: an honest board goes on, one that was changed behind an observer's back is caught."""

from __future__ import annotations

import http.server
import json
from collections.abc import Iterator
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from nacl.signing import SigningKey

from core.audit.watching import Verdict, judge
from core.trust import merkle
from core.trust.checkpoints import Checkpoint, sign, verifier
from core.trust.commitments import leaf_bytes
from pages import terminal
from pages.commands import watch
from tests.helpers import rfc9162

KEY, OTHER = SigningKey(bytes(32)), SigningKey(bytes([1] * 32))
ORIGIN = "glas.example/log/2026"
MISSING = "missing"
CONTENT = {leaf_bytes("ballot", bytes([number] * 32)): bytes([number] * 32).hex() for number in range(41)}
LEAVES = list(CONTENT)[:40]
FORKED = [*LEAVES[:3], list(CONTENT)[40], *LEAVES[4:]]


class Board:
    """A board that answers whatever a test tells it to."""

    def __init__(self) -> None:
        self.leaves, self.key, self.shown, self.broken = LEAVES[:10], KEY, KEY, False
        self.altered: dict[int, str] = {}
        self.unsigned = False

    def answer(self, path: str, asked: dict[str, list[str]]) -> str | None:
        if self.broken:
            return None
        if path.endswith("/key"):
            return verifier(ORIGIN, self.shown.verify_key)
        if path.endswith("/checkpoint") and self.unsigned:
            return MISSING
        if path.endswith("/leaves"):
            return self.lines(int(asked["start"][0]), int(asked["end"][0]))
        if path.endswith("/checkpoint"):
            return sign(Checkpoint(ORIGIN, len(self.leaves), rfc9162.MTH(tuple(self.leaves))), self.key)
        first, second = int(asked["from"][0]), int(asked["to"][0])
        return json.dumps({"proof": [step.hex() for step in rfc9162.PROOF(first, tuple(self.leaves[:second]))]})

    def lines(self, start: int, end: int) -> str:
        """Return lines as the board shows them: those of its leaves, or what somebody has put in their place."""
        if end > len(self.leaves):
            return MISSING
        told = [(place, self.altered.get(place) or CONTENT[self.leaves[place]]) for place in range(start, end)]
        return "".join(
            json.dumps({"position": place, "commitment": commitment, "kind": "ballot"}) + "\n"
            for place, commitment in told
        )


@pytest.fixture
def board() -> Iterator[Board]:
    made = Board()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = made.answer(parts.path, parse_qs(parts.query))
            self.send_response(500 if body is None else 404 if body == MISSING else 200)
            self.end_headers()
            self.wfile.write((body or "").encode())

        def log_message(self, *_told: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/log/2026"  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def look(board, tmp_path, monkeypatch):
    monkeypatch.setenv("GLAS_LANG", "en")
    return lambda: terminal.main(["watch", board.url, "--once", "--state", str(tmp_path / "state.json")])


def test_a_board_that_grows_is_fine(board, look, capsys):
    assert look() == 0
    assert "Compare the key" in capsys.readouterr().out
    for size in (10, 11, 25, 40):
        board.leaves = LEAVES[:size]
        assert look() == 0
    assert "40 lines" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda board: setattr(board, "leaves", FORKED[:20]), "changed"),
        (lambda board: setattr(board, "leaves", FORKED[:10]), "changed"),
        (lambda board: setattr(board, "leaves", LEAVES[:9]), "lost"),
        (lambda board: setattr(board, "key", OTHER), "not signed"),
    ],
)
def test_a_board_that_was_changed_raises_the_alarm_and_leaves_evidence(board, look, change, said, tmp_path, capsys):
    assert look() == 0
    change(board)

    assert look() == 1
    assert said in capsys.readouterr().err
    # The state stays, so that a second look finds the same; what both signed is kept.
    assert look() == 1
    assert json.loads((tmp_path / "state.json.evidence").read_text())["note"].count(ORIGIN) >= 2


def test_a_fork_passes_who_has_kept_nothing(board, look, tmp_path):
    # The control: it is the kept checkpoint that catches a fork.
    look()
    board.leaves = FORKED[:20]
    (tmp_path / "state.json").unlink()

    assert look() == 0


def test_silence_is_no_alarm_and_no_all_clear(board, look):
    assert look() == 0
    board.broken = True
    assert look() == 2


def test_a_state_of_another_board_is_not_used(board, tmp_path, monkeypatch, look):
    look()
    other = board.url.replace("2026", "2027")
    assert terminal.main(["watch", other, "--once", "--state", str(tmp_path / "state.json")]) == 2
    assert terminal.main(["watch", "ftp://x/log", "--once"]) == 2


def test_an_empty_board_may_become_anything():
    empty, some = Checkpoint(ORIGIN, 0, merkle.nothing()), Checkpoint(ORIGIN, 10, rfc9162.MTH(tuple(LEAVES[:10])))
    assert judge(empty, some) is Verdict.grown
    assert judge(some, empty) is Verdict.shrunk
    assert judge(None, None) is Verdict.unsigned


@pytest.mark.parametrize("place", [0, 7, 24])
def test_a_line_altered_under_an_honest_checkpoint_raises_the_alarm(board, look, place, tmp_path, capsys):
    board.leaves = LEAVES[:25]
    assert look() == 0
    board.altered = {place: "ab" * 32}

    assert look() == 1
    assert "not the ones that were signed" in capsys.readouterr().err
    lines = (tmp_path / "state.json.evidence.lines").read_text().splitlines()
    assert len(lines) == 25 and "ab" * 32 in lines[place]


def test_control_the_checkpoint_alone_does_not_tell_an_altered_line(board, look, monkeypatch):
    assert look() == 0
    board.altered = {3: "ab" * 32}
    monkeypatch.setattr(watch, "holds", lambda *_: True)

    assert look() == 0


def test_lines_of_a_large_board_are_read_in_steps(board, look, monkeypatch):
    monkeypatch.setattr(watch, "STEP", 7)
    board.leaves = LEAVES
    assert look() == 0
    board.altered = {39: "ab" * 32}
    assert look() == 1


def test_the_key_is_kept_before_anything_is_signed(board, look, capsys):
    board.unsigned = True
    assert look() == 0
    assert "Nothing is signed yet" in capsys.readouterr().out

    # What comes then must be signed by that very key.
    board.unsigned, board.key, board.shown = False, OTHER, OTHER
    assert look() == 1
    board.key = KEY
    assert look() == 0


def test_a_board_that_forgets_its_checkpoints_has_lost_lines(board, look, capsys):
    assert look() == 0
    board.unsigned = True

    assert look() == 1
    assert "lost" in capsys.readouterr().err
