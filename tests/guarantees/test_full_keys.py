"""No room beside the keys: that the newest checkpoint cannot be kept there keeps nobody from voting."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from core import trust
from core.settings import settings
from core.store import reading, transaction
from core.trust import board, keys, verifying
from tests.helpers import boxes, power, voted, worlds
from tests.helpers.voters import Promises

pytestmark = pytest.mark.durable


@contextmanager
def no_room_beside_the_keys() -> Iterator[None]:
    """Let nothing be replaced in the key folder; what is there can be read."""
    real = keys._make

    def make(path: Path, content: bytes, *, replace: bool = False) -> None:
        if replace:
            raise OSError(errno.ENOSPC, "no space left on device", str(path))
        real(path, content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_make", make)
        yield


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Fill the disk on which a folder lies, to the last byte."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 512, 1):
            with suppress(OSError):
                while file.write(bytes(size)):
                    pass
    try:
        yield
    finally:
        filler.unlink()


def kept(town) -> str | None:
    return keys.remembered(town.round.id, "checkpoint")


def newest(town) -> str | None:
    with reading() as session:
        return board.latest(session, town.round.id)


def votes_without_room(town, lack) -> int:
    """Have people vote before, while and after there is no room beside the keys; return how many were refused."""
    promises, people = Promises(), voted.voters(town, 24)
    assert voted.cast_all(town, people[:8], promises) == 0
    before = kept(town)
    assert before == newest(town) is not None
    with lack:
        refused = voted.cast_all(town, people[8:16], promises)
        assert kept(town) == before != newest(town)
        assert not [path for path in keys.checkpoint_file(town.round.id).parent.iterdir() if path.name[0] == "."]
        # What is kept is older than the board, which is no reason to refuse a start.
        with reading() as session:
            trust.forget()
            verifying.refuse_stale(session)
    outcome = promises.outcome(town)
    print("FIGURES no room beside the keys:", *(f"{name} {number}" for name, number in outcome.items()))
    assert (outcome["lost"], outcome["twice"]) == (0, 0)
    with reading() as session:
        assert verifying.catch_up(session) == (town.round.slug,)
    assert kept(town) == newest(town)
    assert voted.cast_all(town, people[16:], promises) == 0
    assert kept(town) == newest(town)
    voted.close(town)
    assert len(boxes.rows("SELECT 1 FROM open_ballot")) == 24 - refused
    return refused


def test_without_room_beside_the_keys_votes_are_acknowledged_and_nothing_is_lost(town):
    assert votes_without_room(town, no_room_beside_the_keys()) == 0


def test_a_small_disk_of_keys_that_is_full_keeps_nobody_from_voting(database, at, monkeypatch):
    with power.small_disk(1) as disk:
        if disk is None:
            pytest.skip(power.NO_MOUNTING)
        monkeypatch.setenv("GLAS_KEY_DIR", str(disk / "keys"))
        settings.cache_clear()
        with transaction() as session:
            town = worlds.build(session, at)
        assert votes_without_room(town, filled(disk)) == 0


def test_a_first_vote_without_room_for_its_keys_is_refused_and_gets_through_later(database, at, monkeypatch):
    with power.small_disk(1) as disk:
        if disk is None:
            pytest.skip(power.NO_MOUNTING)
        monkeypatch.setenv("GLAS_KEY_DIR", str(disk / "keys"))
        settings.cache_clear()
        with transaction() as session:
            town = worlds.build(session, at)
        (voter,) = voted.voters(town, 1)
        before = boxes.rows("SELECT * FROM slot")
        with filled(disk), pytest.raises(OSError, match="space"):
            voted.cast(town, voter, ["p01"], 0)
        assert boxes.rows("SELECT * FROM slot") == before
        assert voted.cast(town, voter, ["p01"], 0).revision == 1


def test_control_a_vote_that_breaks_where_its_checkpoint_cannot_be_kept_is_found_out(town, monkeypatch):
    monkeypatch.setattr(board, "_remember", lambda round_id, log, made, note: trust.keep(round_id, log, made, note))
    with pytest.raises(OSError, match="space"):
        votes_without_room(town, no_room_beside_the_keys())
