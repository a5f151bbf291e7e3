"""What the rows of a round say: what is voted on, and what each step of the closing has left; as it is signed."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, select, text

from core.currencies import digits
from core.errors import NotFound
from core.trust import notes
from core.trust.notes import Facts
from db import tables

_ROUND = tables.table_of(tables.Round)
_PROJECT = tables.table_of(tables.Project)
_RESULT = tables.table_of(tables.Result)
_CLASSES = text("SELECT choices, count(*) FROM open_ballot WHERE round_id = :id GROUP BY choices")
_LIVE = text("SELECT commitment FROM leaf WHERE round_id = :id AND live")
_MISMATCHES = text("SELECT commitment, problem FROM mismatch WHERE round_id = :id")


def round_of(connection: Connection, round_id: int) -> Any:
    """Return the row of a round as it is in the database now, None if there is none."""
    return connection.execute(select(_ROUND).where(_ROUND.c.id == round_id)).first()


def said(connection: Connection, round_id: int) -> dict[str, Any]:
    """Return what the rows of a round say is voted on. Raises NotFound."""
    row = round_of(connection, round_id)
    if row is None:
        raise NotFound(thing="round", key=round_id)
    listed = connection.execute(
        select(_PROJECT).where(_PROJECT.c.round_id == round_id).order_by(_PROJECT.c.position, _PROJECT.c.id)
    ).all()
    source = dict(row.source or {})
    further = source.pop("projects", {})
    return {
        "round": row.slug,
        "ballot": {"type": row.ballot_type, "min": row.min_choices, "max": row.max_choices},
        "rule": row.rule,
        "settings": row.rule_settings,
        "budget": row.budget,
        "currency": row.currency,
        "unit": source.get("unit") or 10 ** digits(row.currency),
        "visibility": row.visibility,
        "step": row.tally_step,
        "code_required": row.code_required,
        "ages": {"min": row.age_min, "max": row.age_max, "on": row.age_on.isoformat()},
        "timezone": row.timezone,
        "dates": {name: getattr(row, name).isoformat() for name in ("voting_from", "voting_until")},
        "key": row.count_public.hex() if row.count_public else None,
        "imported": row.imported,
        "demo": row.demo,
        "source": source,
        "order": [each.code for each in listed],
        "projects": {each.code: _project(each, further.get(each.code, {})) for each in listed},
    }


def _project(row: Any, further: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "cost": row.cost,
        "title": notes.digest(row.title),
        "text": notes.digest(row.text),
        "score": row.published_score,
        "conflicts": sorted(row.conflicts or ()),
        "withdrawn": row.withdrawn_at is not None or bool(further.get("withdrawn", False)),
    }


def reasons(connection: Connection, round_id: int) -> dict[str, str]:
    """Return why projects were withdrawn since people vote, by code, as the rows say."""
    gone = _PROJECT.c.round_id == round_id, _PROJECT.c.withdrawn_at.is_not(None)
    return {row.code: row.withdrawn_reason for row in connection.execute(select(_PROJECT).where(*gone))}


# What each step of the closing leaves in the rows, None before it: the same that its note says


def _closed(_connection: Connection, _round_id: int, row: Any) -> Facts | None:
    if row.closed_at is None:
        return None
    root = bytes(row.final_root).hex() if row.final_root else None
    return {"size": row.final_size, "root": root, "source": row.randomness_source}


def _drawn(connection: Connection, round_id: int, row: Any) -> Facts | None:
    if row.randomness is None:
        return None
    drawn = select(_PROJECT.c.code).where(_PROJECT.c.round_id == round_id, _PROJECT.c.lot.is_not(None))
    order = connection.execute(drawn.order_by(_PROJECT.c.lot)).scalars().all()
    return {"randomness": row.randomness, "order": list(order)}


def _opened(connection: Connection, round_id: int, row: Any) -> Facts | None:
    if row.opened_at is None:
        return None
    classes = connection.execute(_CLASSES, {"id": round_id})
    written = {choices: number for choices, number in classes}  # noqa: C416 – dict() takes no rows
    found = connection.execute(_MISMATCHES, {"id": round_id}).all()
    return notes.opened(
        written, connection.execute(_LIVE, {"id": round_id}).scalars(), ((each[0], each[1]) for each in found)
    )


def _turnout(_connection: Connection, _round_id: int, row: Any) -> Facts | None:
    return None if row.turnout is None else {"sha256": notes.digest(row.turnout)}


def _counted(connection: Connection, round_id: int, _row: Any) -> Facts | None:
    found = connection.execute(select(_RESULT).where(_RESULT.c.round_id == round_id)).first()
    return None if found is None else counted(found)


def counted(result: Any) -> Facts:
    """Return what is noted of a result: a row of it, or whatever has the same names."""
    told = {name: getattr(result, name) for name in ("rule", "settings", "ballots", "fingerprint", "checksum")}
    # Which ties a result tells of is signed, too: what leaves some out cannot pass for one of an earlier Glas.
    form = {"form": result.allocation["form"]} if "form" in result.allocation else {}
    return {**told, **form, "allocation": notes.digest(result.allocation)}


CLOSING: Mapping[str, Callable[[Connection, int, Any], Facts | None]] = {
    "closed": _closed, "drawn": _drawn, "opened": _opened, "turnout": _turnout, "counted": _counted,
}  # fmt: skip
