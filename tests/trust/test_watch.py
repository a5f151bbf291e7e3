"""Watching from outside: an honest board goes on, one that was changed behind an observer's back is caught."""

from __future__ import annotations

import http.server
import json
from collections.abc import Iterator
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from nacl.signing import SigningKey

from core.trust import merkle
from core.trust.checkpoints import Checkpoint, sign, verifier
from core.trust.watching import Verdict, judge
from pages import terminal

KEY, OTHER = SigningKey(bytes(32)), SigningKey(bytes([1] * 32))
ORIGIN = "glas.example/log/2026"
LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(40)]
FORKED = [*LEAVES[:3], merkle.leaf_hash(b"other"), *LEAVES[4:]]


class Board:
    """A board that answers whatever a test tells it to."""

    def __init__(self) -> None:
        self.leaves, self.key, self.shown, self.broken = LEAVES[:10], KEY, KEY, False

    def answer(self, path: str, asked: dict[str, list[str]]) -> str | None:
        if self.broken:
            return None
        if path.endswith("/key"):
            return verifier(ORIGIN, self.shown.verify_key)
        if path.endswith("/checkpoint"):
            return sign(Checkpoint(ORIGIN, len(self.leaves), merkle.root(self.leaves)), self.key)
        first, second = int(asked["from"][0]), int(asked["to"][0])
        return json.dumps({"proof": [s.hex() for s in merkle.consistency_proof(self.leaves[:second], first)]})


@pytest.fixture
def board() -> Iterator[Board]:
    made = Board()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = made.answer(parts.path, parse_qs(parts.query))
            self.send_response(200 if body is not None else 500)
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
    empty, some = Checkpoint(ORIGIN, 0, merkle.root(())), Checkpoint(ORIGIN, 10, merkle.root(LEAVES[:10]))
    assert judge(empty, some) is Verdict.grown
    assert judge(some, empty) is Verdict.shrunk
    assert judge(None, None) is Verdict.unsigned
