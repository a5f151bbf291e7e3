"""What a request of two people covers: the state of the round in which it was made. If that changes, it has ended.

A consent is SHA-256 of the request and of all this, in JSON with sorted keys: whoever agrees to a hash agrees to what
was on the screen, and to nothing that was slipped in between. Whoever changes something ends in the same transaction
what rests on it (`second_person.end_changed`): what was changed and changed back has ended the request too. Where a
request rests on all of the round, its version is in it, which grows at every change.
"""

import hashlib
import json
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from core import hidden
from core.permissions import Action
from core.rounds import terms
from core.rounds._values import Round
from db import tables

# These change nothing of what is voted on, so a change of that does not end them.
_BATCH = frozenset({Action.release_codes, Action.stop_codes})
_NOTHING = frozenset({Action.void_round})
# These rest on one project.
_PROJECT = frozenset({Action.withdraw_project, Action.correct_words})

_PROJECTS = text(
    "SELECT code, title, text, cost, area_id, category_id, place, lat, lon, idea_id FROM project"
    " WHERE round_id = :id ORDER BY code"
).columns(title=tables.Words(), text=tables.Words())
_ONE = text(
    "SELECT code, title, text, cost, area_id, category_id, place, lat, lon, idea_id, withdrawn_reason FROM project"
    " WHERE round_id = :id AND code = :code"
).columns(title=tables.Words(), text=tables.Words())
_STANDING = text("SELECT count(*) FROM project WHERE round_id = :id AND withdrawn_at IS NULL")
# Words that are hidden in the list, and in ideas that may come onto it.
_HIDDEN = text(
    "SELECT hiding.id FROM hiding LEFT JOIN project ON project.id = hiding.project_id"
    " LEFT JOIN idea ON idea.id = hiding.idea_id WHERE :id IN (project.round_id, idea.round_id) ORDER BY hiding.id"
)
_RESULT = text("SELECT fingerprint FROM result WHERE round_id = :id")


def covered(session: Session, round_: Round, action: Action, subject: str) -> dict[str, Any]:
    """Return all that a request rests on, fit for JSON."""
    if action in _NOTHING:
        return {}
    if action in _BATCH:
        return _batch(session, round_, subject)
    if action in _PROJECT:
        return _project(session, round_, action, subject)
    connection, here = session.connection(), {"id": round_.id}
    decided = {name: value for name, value in terms.flat(round_.as_draft()).items() if name not in terms.ALONE}
    if action is Action.change_round:
        return {"terms": decided, "closed": round_.closed_at is not None, "ends": _ends(session, round_)}
    listed = [list(row) for row in connection.execute(_PROJECTS, here)]
    if action is Action.change_list:
        withheld = list(connection.execute(_HIDDEN, here).scalars())
        return {"terms": decided, "projects": listed, "hidden": withheld, "ends": _ends(session, round_)}
    return {
        "version": round_.version,
        "terms": terms.flat(round_.as_draft()),
        "projects": listed,
        "seats": [[seat.seat, seat.name, seat.rehearsed_at is not None] for seat in seats(session, round_.id)],
        "key": key(session, round_),
        "result": connection.execute(_RESULT, here).scalar(),
    }


def seats(session: Session, round_id: int) -> list[tables.CommissionMember]:
    """Return who sits on the commission of a sealed round, by seat."""
    mine = tables.CommissionMember.round_id == round_id
    found = session.exec(select(tables.CommissionMember).where(mine).order_by(col(tables.CommissionMember.seat)))
    return list(found)


def key(session: Session, round_: Round) -> str:
    """Return the public half of the key that a commission holds; another round's key the server makes by itself."""
    public = session.get_one(tables.Round, round_.id).count_public
    return bytes(public).hex() if public and round_.visibility == "sealed" else ""


def digest(
    kind: str, slug: str, subject: str, asked_by: str, said: str, lines: list[dict[str, Any]], rests_on: dict[str, Any]
) -> str:  # fmt: skip
    """Return the hash that is consented to, as 64 hexadecimal digits."""
    whole = {
        "kind": kind, "round": slug, "subject": subject, "by": asked_by, "reason": said, "lines": lines,
        "rests_on": rests_on,
    }  # fmt: skip
    plain = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def _ends(session: Session, round_: Round) -> list[Any]:
    """Return what ends everything that may still be changed of a round: that it is void, or has a result."""
    result = session.connection().execute(_RESULT, {"id": round_.id}).scalar()
    return [round_.voided_at is not None, result, round_.result_published_at is not None]


def _project(session: Session, round_: Round, action: Action, code: str) -> dict[str, Any]:
    """Return one project, what of it is hidden, and for a withdrawal whether enough would be left without it."""
    connection, here = session.connection(), {"id": round_.id, "code": code}
    row = connection.execute(_ONE, here).first()
    why = {part: reason.words for part, reason in hidden.of_projects(session, round_.id).get(code, {}).items()}
    found: dict[str, Any] = {"project": list(row or ()), "hidden": why}
    if action is Action.correct_words:
        # A typing error is mended until the result is published, whatever the count finds.
        return found | {"ends": [round_.voided_at is not None, round_.result_published_at is not None]}
    left = connection.execute(_STANDING, {"id": round_.id}).scalar_one() - 1
    enough = left >= max(1, round_.ballot.min_choices or 1)
    return found | {"enough": enough, "ends": _ends(session, round_)}


def _batch(session: Session, round_: Round, subject: str) -> dict[str, Any]:
    """Return a batch of codes; of the codes their hash, which stays when they are used."""
    row = session.get(tables.CodeBatch, int(subject)) if subject.isdecimal() else None
    if row is None or row.round_id != round_.id:
        return {}
    found = session.exec(select(tables.Code.digest).where(tables.Code.batch_id == row.id))
    codes = hashlib.sha256(b"".join(sorted(map(bytes, found)))).hexdigest()
    return {"batch": subject, "label": row.label, "size": row.size, "made_by": row.made_by, "codes": codes}
