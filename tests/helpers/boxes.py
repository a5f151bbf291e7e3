"""Ballot boxes for tests: many voters, what they cast, and a closing from the last ballot to the count."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from core import clock, closing, codes, phases, results, rounds, voting
from core.closing import Closing
from core.ideas import corrections, projects
from core.permissions import OPERATOR, Action, Actor
from core.results import Result
from core.rounds import Round, publishing, second_person
from core.settings import settings
from core.store import reading, transaction
from core.trust import keys, lots, notes, voted_on
from core.trust.rows import CLOSING, round_of
from core.voting import receipts
from core.voting.receipts import Receipt, ReceiptState
from db import tables
from tests.helpers import worlds
from tests.helpers.worlds import Town

DICE = "3614425162"


def people(town: Town, number: int, **more: Any) -> list[Actor]:
    with transaction() as session:
        return [
            worlds.person(session, town.municipality, f"voter-{count}", frozenset(), town.at, **more)
            for count in range(number)
        ]


def round_in_voting(town: Town, slug: str = "other", **changes: Any) -> Round:
    with transaction() as session:
        return worlds.round_in(session, town.municipality.id, phases.Phase.voting, town.at, slug=slug, **changes)


def cast(
    town: Town, voter: Actor, choices: Sequence[str], replaces: int = 0, round_: Round | None = None,
    request_id: str | None = None,
) -> Receipt:  # fmt: skip
    with transaction() as session:
        return voting.cast_ballot(
            session, voter, (round_ or town.round).id, choices, at=town.at, replaces=replaces,
            request_id=request_id or f"{voter.person_id:04}-{replaces:04}",
        )  # fmt: skip


def withdraw(town: Town, voter: Actor, replaces: int, round_: Round | None = None) -> Receipt:
    with transaction() as session:
        return voting.withdraw_ballot(
            session, voter, (round_ or town.round).id, at=town.at, replaces=replaces,
            request_id=f"{voter.person_id:04}-{replaces:04}-w",
        )  # fmt: skip


def state_of(session: Session, round_id: int, typed: str) -> ReceiptState:
    """Return what somebody is told who types the number of a receipt."""
    commitment = receipts.commitment_of(session, round_id, typed)
    return ReceiptState.not_found if commitment is None else receipts.by_commitment(session, round_id, commitment)


def lose_link(round_id: int) -> None:
    """Destroy the link of a round and nothing else, as a disk might."""
    keys._destroy(Path(str(round_id)) / "link")


def ends(session: Session, round_id: int, until: datetime) -> None:
    """Let voting end at this moment, as if it had been voted on so: the notes say so, too."""
    row = session.get_one(tables.Round, round_id)
    row.voting_until = until
    voted_on.amend(session, round_id, [("dates", "voting_until")], "test", until)


@contextmanager
def keys_of(folder: Path) -> Iterator[None]:
    """Work with the keys of a server that runs elsewhere."""
    before = os.environ["GLAS_KEY_DIR"]
    os.environ["GLAS_KEY_DIR"] = str(folder / "keys")
    settings.cache_clear()
    try:
        yield
    finally:
        os.environ["GLAS_KEY_DIR"] = before
        settings.cache_clear()


def note_anew(round_id: int) -> None:
    """Write the notes of what was opened anew, as they would be if the rows had always said what they say."""
    with transaction() as session:
        connection, chain, texts = (
            session.connection(),
            voted_on.told(session, round_id),
            voted_on.of(session, round_id),
        )
        kept = [note for note in chain if note.kind not in notes.OF_BALLOTS]
        run(session, "DELETE FROM voted_on WHERE round_id = :id AND number >= :first", id=round_id, first=len(kept))
        keys.remember(round_id, voted_on.FILE, "\n".join(texts[: len(kept)]))
        row = round_of(connection, round_id)
        anew = [(note.kind, CLOSING[note.kind](connection, round_id, row) or {}) for note in chain[len(kept) :]]
        voted_on._append(session, round_id, row, kept, dict(anew).items())


def without_notes(round_id: int) -> None:
    """Leave a round as one that was closed by an earlier Glas: nothing is signed of it but its board."""
    change("DELETE FROM voted_on WHERE round_id = :id", id=round_id)
    (keys.checkpoint_file(round_id).parent / voted_on.FILE).unlink(missing_ok=True)


def end_voting(round_id: int) -> datetime:
    """Let the voting time be over, and return a moment after it."""
    with transaction() as session:
        until = clock.now() - timedelta(milliseconds=1)
        ends(session, round_id, until)
        return until + timedelta(milliseconds=1)


def both(town: Town, act: Any) -> Any:
    """Have two organisers do the same, one after the other, each in a transaction of her own."""
    for actor in (town.organiser, town.second_organiser):
        with transaction() as session:
            done = act(session, actor)
    return done


def consent(session: Session, reader: Actor, round_id: int, action: Action, subject: str = "") -> str | None:
    """Return the hash of what waits for a reader, as her page would hand it in; None where she is the first."""
    waiting = second_person.waits(session, reader, round_id, action, subject)
    return waiting.consent if waiting else None


def close(town: Town, round_id: int, at: datetime) -> Closing:
    return both(town, lambda session, actor: closing.close(session, actor, round_id, at=at))


def draw(town: Town, round_id: int, at: datetime, dice: str = DICE) -> Closing:
    return both(town, lambda session, actor: closing.draw(session, actor, round_id, dice, at=at))


def open_all(town: Town, round_id: int, at: datetime, shares: Sequence[str] | None = None) -> Closing:
    with transaction() as session:
        return closing.open_ballots(session, town.organiser, round_id, at=at, shares=shares)


def keep_turnout(town: Town, round_id: int, at: datetime) -> Closing:
    with transaction() as session:
        return closing.keep_turnout(session, town.organiser, round_id, at=at)


def count(town: Town, round_id: int, at: datetime) -> Result:
    def act(session: Session, actor: Actor) -> Any:
        agreed = consent(session, actor, round_id, Action.count)
        return results.count_round(session, actor, round_id, at=at, consent=agreed)

    return both(town, act)


def until_count(town: Town, round_id: int, at: datetime, shares: Sequence[str] | None = None) -> Closing:
    """Close, draw, open and keep the turnout; what comes next is the count."""
    close(town, round_id, at)
    draw(town, round_id, at)
    open_all(town, round_id, at, shares)
    return keep_turnout(town, round_id, at)


def publish(town: Town, round_id: int, at: datetime) -> Result:
    def act(session: Session, actor: Actor) -> Any:
        agreed = consent(session, actor, round_id, Action.publish_result)
        return results.publish(session, actor, round_id, at, consent=agreed)

    return both(town, act)


def publish_round(town: Town, round_id: int, at: datetime) -> Any:
    def act(session: Session, actor: Actor) -> Any:
        agreed = consent(session, actor, round_id, Action.publish_round)
        return publishing.publish_round(session, actor, round_id, at=at, consent=agreed)

    return both(town, act)


def void_round(town: Town, round_id: int, at: datetime, reason: str = "A mistake in the list.") -> Any:
    def act(session: Session, actor: Actor) -> Any:
        agreed = consent(session, actor, round_id, Action.void_round)
        return publishing.void_round(session, actor, round_id, at=at, reason=reason, consent=agreed)

    return both(town, act)


def release(town: Town, round_id: int, batch_id: int, at: datetime, name: str = "second_organiser") -> None:
    with transaction() as session:
        agreed = consent(session, town.people[name], round_id, Action.release_codes, str(batch_id))
        codes.release(session, town.people[name], round_id, batch_id, at=at, consent=agreed or "")


def change_round(town: Town, round_id: int, at: datetime, reason: str = "Сбъркано е.", **changes: Any) -> Round:
    """Have two organisers change a public round."""
    with transaction() as session:
        draft = replace(rounds.get(session, town.organiser, round_id).as_draft(), **changes)
        asked = rounds.ask_change(session, town.organiser, round_id, draft, at=at, reason=reason)
    with transaction() as session:
        return rounds.agree_change(session, town.second_organiser, round_id, at=at, consent=asked.consent)


def change_list(town: Town, round_id: int, at: datetime, reason: str = "Сбъркано е.", **changes: Any) -> Any:
    """Have two organisers change the ballot list of a public round."""
    with transaction() as session:
        asked = projects.ask_change(session, town.organiser, round_id, at=at, reason=reason, **changes)
    with transaction() as session:
        return projects.agree_change(session, town.second_organiser, round_id, at=at, consent=asked.consent)


def withdraw_project(town: Town, round_id: int, code: str, at: datetime, reason: str = "Няма разрешение") -> None:
    """Have two organisers withdraw a project since people vote."""
    with transaction() as session:
        asked = corrections.ask_withdrawal(session, town.organiser, round_id, code, at=at, reason=reason)
    with transaction() as session:
        corrections.agree_withdrawal(session, town.second_organiser, round_id, code, at=at, consent=asked.consent)


def fresh(round_id: int) -> Round:
    with reading() as session:
        return rounds.get(session, OPERATOR, round_id)


def run(session: Session, statement: str, **values: Any) -> Any:
    from sqlalchemy import text

    return session.connection().execute(text(statement), values)


def rows(statement: str, **values: Any) -> list[Any]:
    with reading() as session:
        return run(session, statement, **values).all()


def change(statement: str, **values: Any) -> int:
    with transaction() as session:
        return run(session, statement, **values).rowcount


def opened(session: Session, round_id: int, ballots: Sequence[Sequence[str]], at: datetime) -> None:
    """Put a round where its closing waits for the count, with these ballots in the open; the quick way, for pages."""
    session.add_all(
        tables.OpenBallot(round_id=round_id, choices=json.dumps(list(choices), separators=(",", ":")))
        for choices in ballots
    )
    row = session.get_one(tables.Round, round_id)
    row.closed_at, row.final_size, row.final_root, row.randomness = at, len(ballots), bytes(32), DICE
    row.randomness_source = lots.DICE.text
    row.opened_at, row.turnout = at, {"ballots": len(ballots), "ages": [], "areas": []}
    session.flush()
