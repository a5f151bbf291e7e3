"""Two worlds that differ only in ballots nobody may know of yet. Whatever answers differently in them shows a tally."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

import pytest

from core import clock, tally, trust
from core.closing import _opening
from core.people import sessions
from core.permissions import Actor, Role
from core.results import _counting
from core.rounds import Round, Visibility
from core.store import reading, transaction
from core.tally import _live
from core.trust import keys, readiness, sealing, waiting
from db import tables
from pages.tally import figures
from tests.helpers import boxes
from tests.helpers.worlds import Town

State = Literal["voting", "ended", "opened", "counted"]

K = 5
VOTERS = 2 * K + 2
HERE, THERE = '["p01"]', '["p02"]'
EVERYONE = (Role.guest, Role.resident, Role.reviewer, Role.organiser, Role.council, Role.auditor)
# From the opening on the others may see a result before it is published.
UNTOLD = (Role.guest, Role.resident, Role.reviewer, Role.council)
# A live round is exact from the close on, so it has nothing to hide then.
STATES: tuple[tuple[Visibility, State], ...] = (
    ("live", "voting"), ("live", "ended"),
    ("turnout", "voting"), ("turnout", "ended"), ("turnout", "opened"), ("turnout", "counted"),
    ("sealed", "voting"), ("sealed", "ended"), ("sealed", "opened"), ("sealed", "counted"),
)  # fmt: skip


@dataclass(frozen=True)
class Secret:
    """A round and those whose ballots nobody may know of: in a live round, who is kept back."""

    town: Town
    round_: Round
    voters: Sequence[Actor]
    state: State
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, role: Role) -> str | None:
        """Return the cookie of the town's person of this role; she signs in once."""
        if role is not Role.guest and role not in self.tokens:
            with transaction() as session:
                self.tokens[role] = sessions.open_session(session, self.town.of(role), at=clock.now(), second_step=True)
        return self.tokens.get(role)

    def roles(self) -> tuple[Role, ...]:
        """Return who must not see a difference."""
        return EVERYONE if self.state in ("voting", "ended") else UNTOLD

    def fresh(self) -> Round:
        return boxes.fresh(self.round_.id)

    @contextmanager
    def told_otherwise(self) -> Iterator[None]:
        """Have those ballots say something else inside the block, wherever they lie."""
        try:
            self._tell(THERE)
            yield
        finally:
            self._tell(HERE)

    def _tell(self, choices: str) -> None:
        key, round_id = keys.count_key(self.round_.id), self.round_.id
        with transaction() as session:
            box = waiting.opened(session.connection(), round_id)
            for voter in self.voters:
                held = waiting.find(session.connection(), round_id, voter.person_id or 0, box)
                assert held is not None
                told = replace(sealing.opened(held.sealed, key), choices=choices)
                sealed = sealing.close(told, bytes(key.public_key), sealing.room(self.round_.slug, CODES, 3))
                boxes.run(session, "UPDATE slot SET sealed = :sealed WHERE id = :id", sealed=sealed, id=held.id)
                box = replace(box, entries=tuple(
                    replace(each, held=replace(held, sealed=sealed)) if each.held == held else each
                    for each in box.entries
                ))  # fmt: skip
            if box.entries:
                again = waiting._sealed(box, 1)
                boxes.run(session, "UPDATE waiting_box SET sealed = :it WHERE round_id = :id", it=again, id=round_id)
            boxes.run(session, "UPDATE open_ballot SET choices = :it WHERE round_id = :id", it=choices, id=round_id)
        if self.state in ("opened", "counted"):
            # Of a world in which people voted so, the notes would say so.
            boxes.note_anew(round_id)
        if self.state == "counted":
            with transaction() as session:
                row = session.get_one(tables.Round, round_id)
                assert row.counted_at is not None
                given = _counting._read(session, self.fresh(), None, None)
                _counting._keep(session, round_id, _counting.work_out(given), row.counted_at)
        restart()


CODES = ("p01", "p02", "p03", "p04", "p05")


def restart() -> None:
    """Forget what this process keeps."""
    tally.forget()
    trust.forget()
    figures.forget()


def secret(
    town: Town, visibility: Visibility, state: State, monkeypatch: pytest.MonkeyPatch, *, step: int = K
) -> Secret:
    """Put ballots into a round and take it to a state in which nobody may know all of them."""
    # The server has the key of the sealed round, too: it shows nothing because it does not want to.
    monkeypatch.setattr(readiness, "refuse_unrehearsed", lambda *_: None)
    monkeypatch.setattr(_opening, "key_of", lambda _session, round_, _shares: keys.count_key(round_.id))
    # Provisional winners come when they come, and are found from what is published.
    monkeypatch.setattr(_live, "_recount_is_due", lambda *_: False)
    restart()
    round_ = boxes.round_in_voting(town, visibility, tally_step=step, visibility=visibility)
    public = bytes(keys.make_count_key(round_.id).public_key)
    boxes.change("UPDATE round SET count_public = :public WHERE id = :id", public=public, id=round_.id)
    voters = boxes.people(town, VOTERS)
    shown = 0
    for voter in voters:
        boxes.cast(town, voter, ["p01"], 0, round_)
        if visibility == "live":
            with reading() as session:
                shown = tally.live(session, round_, town.at).ballots
    _bring(town, round_, state)
    return Secret(town, round_, voters[shown if step > 1 else 0 :], state)


def _bring(town: Town, round_: Round, state: State) -> None:
    if state == "voting":
        return
    at: datetime = boxes.end_voting(round_.id)
    if state == "ended":
        return
    boxes.until_count(town, round_.id, at)
    if state == "counted":
        boxes.count(town, round_.id, at)


def differences(secret: Secret, walk: Callable[[], dict[Any, Any]]) -> list[Any]:
    """Return the names of all answers of a walk that are others in the other world."""
    restart()
    here = walk()
    with secret.told_otherwise():
        there = walk()
    return [name for name in here.keys() | there.keys() if here.get(name) != there.get(name)]
