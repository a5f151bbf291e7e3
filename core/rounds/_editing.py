"""Making and changing rounds, while and as far as that is allowed."""

from dataclasses import fields
from datetime import datetime

from sqlmodel import Session, col, delete, select

from core import journal, letters, municipalities, permissions
from core.errors import Invalid, Locked
from core.permissions import Action, Actor
from core.phases import Dates
from core.rounds import drafts
from core.rounds._finding import get, require
from core.rounds._values import Round, RoundDraft, put
from core.trust import voted_on
from db import engine, tables

# What may still change once a ballot has been cast; dates have rules of their own.
_FREE = frozenset({"titles", "intro", "contact_email", "eligible_estimate", "eligible_source", "dates"})
_FIELDS = frozenset(RoundDraft.__dataclass_fields__)
_DATES = tuple(Dates.__dataclass_fields__)


def editable(actor: Actor, round_: Round, at: datetime) -> bool:
    """Return whether the actor may change anything of a round; nobody does once it is imported, void or decided."""
    if round_.imported or round_.voided_at is not None:
        return False
    return permissions.may(actor, Action.edit_round, round_.phase(at))


def locked_fields(actor: Actor, round_: Round, at: datetime) -> frozenset[str]:
    """Return which fields of RoundDraft, and which of its Dates by their own names, the actor cannot change now."""
    if not editable(actor, round_, at):
        return _FIELDS | frozenset(_DATES)
    return _fixed(round_) | (frozenset() if round_.draft else _passed(round_.dates, at))


def create(session: Session, actor: Actor, draft: RoundDraft, *, at: datetime) -> Round:
    """Write down a new round of the actor's municipality as a draft, and return it. Raises Invalid."""
    permissions.require(actor, Action.create_round)
    drafts.check(draft)
    town = actor.municipality_id
    slug = _free_slug(session, town, draft)
    row = tables.Round(slug=slug, municipality_id=town, age_on=draft.age_on, created_at=at)
    put(draft, row)
    session.add(row)
    session.flush()
    journal.write(session, actor, Action.create_round, round_id=row.id, at=at, slug=row.slug)
    return get(session, actor, tables.id_of(row))


def edit(
    session: Session, actor: Actor, round_id: int, draft: RoundDraft, *, at: datetime, reason: str | None = None
) -> Round:
    """Change a round to what the draft says, and return it.

    Raises Locked for what the first ballot or a passed date has fixed; Invalid for what makes no sense, and – once
    the round is published – for a date that moves forward or without a public reason.
    """
    engine.lock_round(session, round_id, exclusive=True)
    before = get(session, actor, round_id)
    require(actor, Action.edit_round, before, at)
    drafts.check(draft)
    changed = _changed(before.as_draft(), draft)
    if not changed:
        return before
    if fixed := [name for name in changed if name in _fixed(before)]:
        raise Locked(what=fixed[0], since=before.dates.voting_from if before.locked else before.published_at)
    row = session.get_one(tables.Round, round_id)
    if "visibility" in changed:
        row.count_public = None
    if "dates" in changed and not before.draft:
        _check_extension(before.dates, draft.dates, engine.database_now(session), reason)
        row.extended_at, row.extended_reason = at, letters.trimmed(reason or "")
    put(draft, row)
    row.version += 1
    session.flush()
    if before.locked:
        paths = tuple(("dates", name) for name in _DATES)
        voted_on.amend(session, round_id, paths, row.extended_reason, at)
    # Who asked for a second person's agreement asked for what the round was then.
    asked = col(tables.SecondPerson.round_id) == round_id, col(tables.SecondPerson.action) == Action.publish_round
    session.exec(delete(tables.SecondPerson).where(*asked))
    _note(session, actor, before, draft, changed, at=at, reason=reason)
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


def _passed(dates: Dates, at: datetime) -> frozenset[str]:
    """Return the names of the dates that are history; what had no date yet may get one."""
    return frozenset(name for name in _DATES if (date := getattr(dates, name)) is not None and date <= at)


def _check_extension(old: Dates, new: Dates, now: datetime, reason: str | None) -> None:
    """Refuse to move a published date forward, or one that has passed, or any without a reason."""
    passed = _passed(old, now)
    for name in _DATES:
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        if name in passed:
            raise Locked(what=name, since=before)
        if after is None or (before is not None and after < before) or after <= now:
            raise Invalid(name, "only_later", than=before or now)
    if not (reason and letters.shows(reason)):
        raise Invalid("reason", "required")
    if len(reason) > 500:
        raise Invalid("reason", "too_long", limit=500)


def _note(
    session: Session,
    actor: Actor,
    before: Round,
    draft: RoundDraft,
    changed: tuple[str, ...],
    *,
    at: datetime,
    reason: str | None,
) -> None:
    """Write a change into the journal: which fields, and the dates in full."""
    moved = {
        name: [_text(getattr(before.dates, name)), _text(getattr(draft.dates, name))]
        for name in _DATES
        if getattr(before.dates, name) != getattr(draft.dates, name)
    }
    extends = bool(moved) and not before.draft
    action = Action.extend_round if extends else Action.edit_round
    facts = {"dates": moved, "reason": letters.trimmed(reason or "")} if extends else {"dates": moved}
    journal.write(session, actor, action, round_id=before.id, at=at, changed=list(changed), **facts)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


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
