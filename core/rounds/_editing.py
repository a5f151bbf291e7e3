"""Making and changing rounds, while and as far as that is allowed."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, select

from core import journal, letters, municipalities, permissions
from core.errors import Invalid, Locked, NotAllowed, SecondPersonNeeded
from core.permissions import Action, Actor
from core.phases import Dates
from core.rounds import drafts, extending, fit, second_person, terms
from core.rounds._finding import get, require
from core.rounds._values import Round, RoundDraft, put
from core.rounds.second_person import Pending
from core.trust import voted_on
from db import engine, tables

# What may still change once a ballot has been cast; dates have rules of their own: `extending`.
_FREE = frozenset({"titles", "intro", "contact_email", "eligible_estimate", "eligible_source", "dates"})
# What the note of what is voted on says of a round and two people may change while there is a note.
_TOLD = (
    ("ballot",), ("rule",), ("settings",), ("budget",), ("currency",), ("unit",), ("step",), ("code_required",),
    ("ages",), ("timezone",), ("dates",),
)  # fmt: skip
_FIELDS = frozenset(RoundDraft.__dataclass_fields__)
_DATES = tuple(Dates.__dataclass_fields__)
# Too long for a line of the journal, and they decide nothing.
_LONG = frozenset({"intro", "eligible_source"})


def editable(actor: Actor, round_: Round, at: datetime) -> bool:
    """Return whether the actor may change anything of a round; nobody does once it is imported, void or decided."""
    if round_.imported or round_.voided_at is not None:
        return False
    return permissions.may(actor, Action.edit_round, round_.phase(at))


def locked_fields(actor: Actor, round_: Round, at: datetime) -> frozenset[str]:
    """Return which fields of RoundDraft, and which of its Dates by their own names, the actor cannot change now."""
    if not editable(actor, round_, at):
        return _FIELDS | frozenset(_DATES)
    return _fixed(round_) | (frozenset() if round_.draft else extending.fixed(round_, at))


def create(session: Session, actor: Actor, draft: RoundDraft, *, at: datetime) -> Round:
    """Write down a new round of the actor's municipality as a draft, and return it. Raises Invalid."""
    permissions.require(actor, Action.create_round)
    drafts.check(draft)
    draft = drafts.settled(draft)
    town = actor.municipality_id
    slug = _free_slug(session, town, draft)
    row = tables.Round(slug=slug, municipality_id=town, age_on=draft.age_on, created_at=at)
    put(draft, row)
    session.add(row)
    session.flush()
    journal.write(session, actor, Action.create_round, round_id=row.id, at=at, slug=row.slug)
    return get(session, actor, tables.id_of(row))


def edit(session: Session, actor: Actor, round_id: int, draft: RoundDraft, *, at: datetime) -> Round:
    """Change a round to what the draft says, and return it; of a public one only what decides nothing.

    Raises Invalid for what makes no sense, Locked for what the first ballot has fixed, and SecondPersonNeeded for what
    takes two people once the round is published: `ask_change`.
    """
    engine.lock_round(session, round_id, exclusive=True)
    before = get(session, actor, round_id)
    require(actor, Action.edit_round, before, at)
    drafts.check(draft)
    draft = drafts.settled(draft, None if before.draft else before.as_draft())
    changed = _changed(before.as_draft(), draft)
    if not changed:
        return before
    _refuse_fixed(before, changed)
    if not before.draft and (deciding := [name for name in changed if name not in terms.ALONE]):
        raise SecondPersonNeeded(what=deciding[0])
    row = session.get_one(tables.Round, round_id)
    if "visibility" in changed:
        row.count_public = None
    put(draft, row)
    row.version += 1
    session.flush()
    told = [line.told for line in terms.lines(before.as_draft(), draft) if line.field not in _LONG]
    journal.write(session, actor, Action.edit_round, round_id=round_id, at=at, changed=list(changed), changes=told)
    second_person.end_changed(session, actor, round_id, at=at)
    return get(session, actor, round_id)


def ask_change(
    session: Session, actor: Actor, round_id: int, draft: RoundDraft, *, at: datetime, reason: str
) -> Pending:
    """Ask a second person to agree that a public round becomes what the draft says, and return the request.

    What one person may change alone is left as it is. Asked again, it takes the place of the actor's former request.
    Raises Invalid for what makes no sense, without a public reason, or where nothing would change; Locked for what is
    fixed; FiguresShown; RequestWaits.
    """
    engine.lock_round(session, round_id, exclusive=True)
    before = get(session, actor, round_id)
    require(actor, Action.change_round, before, at)
    if before.draft:
        raise Invalid("published_at", "required")
    draft = drafts.settled(draft, before.as_draft())
    wanted = [line for line in terms.lines(before.as_draft(), draft) if line.field not in terms.ALONE]
    if not wanted:
        raise second_person.nothing(session, actor, round_id, Action.change_round)
    said = second_person.clean_reason(reason)
    _check_change(session, before, terms.changed(before.as_draft(), wanted))
    asked = second_person.ask(session, actor, round_id, Action.change_round, at=at, reason=said, lines=wanted)
    if not isinstance(asked, Pending):
        raise NotAllowed(action=Action.change_round, roles=tuple(sorted(actor.roles)))
    return asked


def agree_change(session: Session, actor: Actor, round_id: int, *, at: datetime, consent: str) -> Round:
    """Agree to the change that waits, by the hash that was shown; return the changed round. All can read it.

    Raises ConsentDiffers, SamePerson, and what `ask_change` would raise now.
    """
    engine.lock_round(session, round_id, exclusive=True)
    before = get(session, actor, round_id)
    done = second_person.agree(session, actor, round_id, Action.change_round, at=at, consent=consent)
    draft = terms.changed(before.as_draft(), done.lines)
    _check_change(session, before, draft)
    row = session.get_one(tables.Round, round_id)
    if draft.dates != before.dates:
        row.extended_at, row.extended_reason = at, done.reason
    put(draft, row)
    row.version += 1
    session.flush()
    voted_on.amend(session, round_id, _TOLD, done.reason, at)
    facts: dict[str, Any] = {"changes": [line.told for line in done.lines], "reason": done.reason, "consent": consent}
    journal.write(session, actor, Action.change_round, round_id=round_id, at=at, **facts)
    second_person.end_changed(session, actor, round_id, at=at)
    return get(session, actor, round_id)


def discard(session: Session, actor: Actor, round_id: int, *, at: datetime) -> None:
    """Throw a draft away: from now on it is nobody's. Raises Locked once the round was published.

    Its row stays, for the lines of the journal that tell of it are never removed.
    """
    engine.lock_round(session, round_id, exclusive=True)
    before = get(session, actor, round_id)
    require(actor, Action.edit_round, before, at)
    if not before.draft:
        raise Locked(what="published_at", since=before.published_at)
    row = session.get_one(tables.Round, round_id)
    row.voided_at, row.version = at, row.version + 1
    session.exec(delete(tables.SecondPerson).where(col(tables.SecondPerson.round_id) == round_id))
    session.flush()
    town, titles = before.municipality_id, before.titles.words
    journal.write(session, actor, "discard_round", municipality_id=town, at=at, titles=titles)


def _changed(old: RoundDraft, new: RoundDraft) -> tuple[str, ...]:
    """Return the names of the fields in which two drafts differ."""
    return tuple(each.name for each in fields(RoundDraft) if getattr(old, each.name) != getattr(new, each.name))


def _fixed(round_: Round) -> frozenset[str]:
    """Return the fields that neither the first ballot nor publication has left open."""
    if round_.locked:
        return _FIELDS - _FREE
    # Who holds the key to the ballots was rehearsed, or said in public, when the round was published.
    return frozenset() if round_.draft else frozenset({"visibility"})


def _refuse_fixed(round_: Round, changed: Iterable[str]) -> None:
    if fixed := [name for name in changed if name in _fixed(round_)]:
        raise Locked(what=fixed[0], since=round_.dates.voting_from if round_.locked else round_.published_at)


def _check_change(session: Session, before: Round, draft: RoundDraft) -> None:
    """Refuse a change of a public round that makes no sense, or comes too late; asked before and at the agreement."""
    drafts.check(draft)
    fit.check_rule(draft)
    if draft.min_cost is not None and draft.min_cost > draft.budget:
        raise Invalid("min_cost", "over_budget")
    _refuse_fixed(before, _changed(before.as_draft(), draft))
    if draft.dates != before.dates:
        extending.check(session, before, draft.dates)


def _free_slug(session: Session, municipality_id: int, draft: RoundDraft) -> str:
    """Return an address part made of the title that no other round has."""
    own = municipalities.municipality(session, municipality_id).language
    base = letters.slug(draft.titles.in_(own)) or f"round-{draft.dates.voting_from.year}"
    taken = set(session.exec(select(tables.Round.slug).where(col(tables.Round.slug).startswith(base))))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
