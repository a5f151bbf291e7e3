"""Bundles of a round in the database: its rows become the values that a bundle is written from."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from nacl.public import PrivateKey
from sqlmodel import Session, col, select

from core import hidden, journal, municipalities, rounds
from core.audit import bundle
from core.audit.bundle import Files, Leaf, Mismatch, OpenedRound
from core.closing import key_of, opened_or_none
from core.errors import NotFound
from core.permissions import Action, Actor
from core.results import _counting
from core.results._counting import Result
from core.results.open_ballots import head
from core.rounds import Round
from core.tally.loading import kind_of, load_instance
from core.trust import journals, keys, voted_on
from core.trust.commitments import Opening
from db import tables


def public_bundle(session: Session, actor: Actor, slug: str, readme: Files) -> dict[str, bytes]:
    """Return the files of the bundle that everyone may have, once the result is published. Raises NotFound."""
    round_ = rounds.round_by_slug(session, slug, actor)
    if round_.result_published_at is None:
        raise NotFound(thing="bundle", key=slug)
    return bundle.files(_opened_round(session, actor, round_), readme, keys.log_key())


def auditors_bundle(
    session: Session, auditor: Actor, slug: str, readme: Files, *, at: datetime, shares: Sequence[str] | None = None
) -> dict[str, bytes]:
    """Return the files of the auditor's bundle, from the count on. Raises NotFound, NotAllowed, WrongPhase.

    A sealed round needs two `shares`. Raises ShareRefused; NotFound once the round is anonymised.
    """
    round_ = rounds.round_by_slug(session, slug, auditor)
    rounds.require(auditor, Action.see_openings, round_, at)
    public = _opened_round(session, auditor, round_)
    if session.get_one(tables.Round, round_.id).anonymised_at is not None:
        raise NotFound(thing="openings", key=slug)
    live = {leaf.commitment for leaf in public.board if leaf.live}
    openings, emptied = _slots(session, round_.id, key_of(session, round_, shares), live)
    told = tuple(journal.lines(session, round_.municipality_id, round_.id))
    return bundle.files(replace(public, openings=openings, emptied=emptied, journal=told), readme, keys.log_key())


def _opened_round(session: Session, actor: Actor, round_: Round) -> OpenedRound:
    """Return what the public bundle is written from. Raises NotFound for a round that was not counted here."""
    row = session.get_one(tables.Round, round_.id)
    if round_.imported or row.origin is None or row.opened_at is None or row.randomness is None:
        raise NotFound(thing="bundle", key=round_.slug)
    counted: Result = _counting.result(session, actor, round_.id)
    # Nothing is signed that is not what was voted on, opened and counted.
    voted_on.hold(session, round_.id)
    asked = select(tables.OpenBallot.choices).where(tables.OpenBallot.round_id == round_.id)
    return OpenedRound(
        name=round_.slug,
        origin=row.origin,
        head=head(round_, municipalities.municipality(session, round_.municipality_id)),
        kind=kind_of(round_),  # type: ignore[arg-type]
        ballot_type=round_.ballot.type,
        min_choices=round_.ballot.min_choices,
        max_choices=round_.ballot.max_choices,
        instance=load_instance(session, round_),
        ballots=tuple(session.exec(asked)),
        board=_board(session, round_.id),
        checkpoints=_checkpoints(session, round_.id),
        randomness=row.randomness,
        randomness_source=row.randomness_source or "",
        allocation=counted.allocation,
        fingerprint=counted.fingerprint,
        turnout=row.turnout or {},
        mismatches=_mismatches(session, round_.id),
        heads=journals.heads_of(session, round_.id),
        notes=voted_on.of(session, round_.id),
        words=_words(session, round_),
        withdrawn=_withdrawn(session, round_.id),
    )


def _words(session: Session, round_: Round) -> dict[str, Any]:
    """Return the words of the projects in all languages, and the one in which the election's file has them.

    None for what is hidden: the notes have only its hash.
    """
    asked = select(tables.Project).where(tables.Project.round_id == round_.id)
    why = hidden.of_projects(session, round_.id)
    return {
        "language": municipalities.municipality(session, round_.municipality_id).language,
        "projects": {
            row.code: {
                name: None if name in why.get(row.code, {}) else words
                for name, words in (("title", row.title), ("text", row.text))
            }
            for row in session.exec(asked)
        },
    }


def _withdrawn(session: Session, round_id: int) -> dict[str, str]:
    """Return why projects were withdrawn since people vote, by code."""
    gone = tables.Project.round_id == round_id, col(tables.Project.withdrawn_at).is_not(None)
    return {row.code: row.withdrawn_reason for row in session.exec(select(tables.Project).where(*gone))}


def _board(session: Session, round_id: int) -> tuple[Leaf, ...]:
    asked = select(tables.Leaf).where(tables.Leaf.round_id == round_id).order_by(col(tables.Leaf.position))
    return tuple(Leaf(bytes(leaf.commitment), leaf.kind, bool(leaf.live)) for leaf in session.exec(asked))


def _checkpoints(session: Session, round_id: int) -> tuple[str, ...]:
    asked = select(tables.Checkpoint.note).where(tables.Checkpoint.round_id == round_id)
    return tuple(session.exec(asked.order_by(col(tables.Checkpoint.size))))


def _mismatches(session: Session, round_id: int) -> tuple[Mismatch, ...]:
    asked = select(tables.Mismatch).where(tables.Mismatch.round_id == round_id)
    found = (Mismatch(row.commitment.hex() if row.commitment else None, row.problem) for row in session.exec(asked))
    return tuple(sorted(found, key=lambda each: (each.commitment or "", each.problem)))


def _slots(
    session: Session, round_id: int, key: PrivateKey, live: set[bytes]
) -> tuple[tuple[Opening, ...], tuple[tuple[str, int], ...]]:
    """Return the ballots that count and the withdrawals, opened, and the slots whose ballot does not count."""
    openings, emptied = [], []
    for row in session.exec(select(tables.Slot).where(tables.Slot.round_id == round_id)):
        opening = opened_or_none(row.sealed, key)
        if opening and (row.commitment in live or not opening.choices):
            openings.append(opening)
        else:
            emptied.append((row.id, row.revision))
    return tuple(openings), tuple(emptied)
