"""Export: everything that is kept about a person, for herself, as plain values fit for JSON.

Not in it: hashes and sealed secrets, which tell her nothing and would help a thief.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, SQLModel, col, select

from core import hidden, municipalities, rounds, voting
from core.errors import GlasError
from core.people import persons
from core.permissions import OPERATOR, Actor
from core.texts import Texts
from core.trust import keys
from db import tables

FORMAT = "glas/person1"
# Told as numbers only: what proves that it is she.
WITHHELD = frozenset({"password_hash", "recovery_hash", "token_hash", "secret", "digest"})


def of_person(session: Session, actor: Actor, *, at: datetime) -> dict[str, Any]:
    """Return all there is about the actor, by table, with her own ballots where they can be found."""
    person = persons.own_row(session, actor)
    person_id = tables.id_of(person)
    me = person.pseudonym
    speaks = person.language or municipalities.municipality(session, actor.municipality_id).language
    idea_ids = session.exec(select(tables.Idea.id).where(tables.Idea.author_id == person_id)).all()
    return {
        "format": FORMAT,
        "at": at.isoformat(),
        "person": _plain(person) | {"area": _area(session, person.area_id, speaks)},
        "person_role": _of(session, tables.PersonRole, tables.PersonRole.person_id == person_id),
        "sign_in": _of(session, tables.SignIn, tables.SignIn.person_id == person_id),
        "sign_in_link": _of(session, tables.SignInLink, tables.SignInLink.person_id == person_id),
        "second_step": _of(session, tables.SecondStep, tables.SecondStep.person_id == person_id),
        "second_step_code": _of(session, tables.SecondStepCode, tables.SecondStepCode.person_id == person_id),
        "roll": _of(session, tables.Roll, tables.Roll.person_id == person_id),
        "idea": [
            one | {"area": _area(session, one["area_id"], speaks)}
            for one in _of(session, tables.Idea, tables.Idea.author_id == person_id)
        ],
        **_hidden_and_asked(session, person_id, idea_ids),
        "review": _of(session, tables.Review, tables.Review.reviewer_id == person_id),
        "code_batch": _of(
            session,
            tables.CodeBatch,
            or_(col(tables.CodeBatch.made_by) == me, col(tables.CodeBatch.released_by) == me),
            "replaces",
        ),
        "invitation": _of(session, tables.Invitation, tables.Invitation.invited_by == me, "token_hash"),
        "objection": _of(
            session,
            tables.Objection,
            or_(col(tables.Objection.noted_by) == me, col(tables.Objection.answered_by) == me),
        ),
        "second_person": _requests(session, me),
        "journal": _of(session, tables.Journal, tables.Journal.pseudonym == me),
        "ballot": _ballots(session, actor, speaks),
    }


def _requests(session: Session, me: str) -> list[dict[str, Any]]:
    """Return the requests for a second person that she made or declined and that are not yet put away."""
    asked = tables.SecondPerson
    return _of(session, asked, or_(col(asked.asked_by) == me, col(asked.declined_by) == me))


def _hidden_and_asked(session: Session, person_id: int, idea_ids: Sequence[Any]) -> dict[str, list[dict[str, Any]]]:
    """Return what is hidden of her and that somebody asked for her erasure; of reviews those that are not hidden."""
    hiding, asked = tables.Hiding, tables.ErasureRequest
    hers = or_(col(hiding.person_id) == person_id, col(hiding.idea_id).in_(idea_ids))
    gone = select(hiding.review_id).where(col(hiding.review_id).is_not(None))
    judged = col(tables.Review.idea_id).in_(idea_ids) & col(tables.Review.id).not_in(gone)
    return {
        "review_of_my_ideas": _of(session, tables.Review, judged, "reviewer_id"),
        "hiding": _of(session, hiding, hers, "hidden_by"),
        "erasure_request": _of(session, asked, asked.person_id == person_id, "asked_by"),
    }


def _of(session: Session, model: type[SQLModel], condition: Any, *without: str) -> list[dict[str, Any]]:
    return [_plain(row, *without) for row in session.exec(select(model).where(condition)).all()]


def _plain(row: SQLModel, *without: str) -> dict[str, Any]:
    left_out = WITHHELD.union(without)
    return {name: _value(value) for name, value in row.model_dump().items() if name not in left_out}


def _value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


def _ballots(session: Session, actor: Actor, speaks: str) -> list[dict[str, Any]]:
    """Return her ballots of all rounds whose link is still there; later nobody can find them."""
    found = []
    for round_id, slug in _rounds(session, actor):
        try:
            mine = voting.my_ballot(session, actor, round_id) if keys.has_link_key(round_id) else None
        except GlasError:
            # The keys of this round are not here: then nobody can tell.
            mine = None
        if mine is not None:
            found.append({
                "round": slug, "receipt": mine.receipt.number, "revision": mine.revision,
                "choices": list(mine.choices), "titles": _titles(session, round_id, mine.choices, speaks),
                "withdrawn": mine.withdrawn, "sealed": mine.sealed, "withheld": mine.withheld,
            })  # fmt: skip
    return found


def _titles(session: Session, round_id: int, codes: Sequence[str], speaks: str) -> list[str]:
    """Return what the projects with these codes are called, in the same order."""
    rows = session.exec(select(tables.Project).where(tables.Project.round_id == round_id)).all()
    gone = hidden.of_projects(session, round_id)
    titles = {row.code: Texts(row.title).in_(speaks) for row in rows if "title" not in gone.get(row.code, {})}
    return [titles.get(code, code) for code in codes]


def _area(session: Session, area_id: int | None, speaks: str) -> str | None:
    row = session.get(tables.Area, area_id) if area_id is not None else None
    return Texts(row.names).in_(speaks) if row else None


def _rounds(session: Session, actor: Actor) -> Sequence[tuple[int, str]]:
    all_of_them = rounds.rounds(session, OPERATOR)
    return [(each.id, each.slug) for each in all_of_them if each.municipality_id == actor.municipality_id]
