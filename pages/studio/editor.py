"""One round on one page: where it stands, the two-person steps, the form, the preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import streamlit as st

from core import journal, rounds
from core.errors import GlasError
from core.permissions import Actor
from core.rounds import Round, RoundDraft, terms
from core.rounds.drafts import sound
from pages.front import hero
from pages.parts import date_input, dates, drafts, i18n, names, notices, refusals, templates, visit
from pages.parts.forms import Fields
from pages.parts.i18n import _
from pages.parts.links import Link
from pages.parts.notices import Badge
from pages.rounds import overview, stages, two_people
from pages.rounds.two_people import Waiting
from pages.studio import cautions, draft_form, publishing

# What core calls by another name than the form.
_FORM_NAMES = {"ballot_type": "ballot", "code_required": "entry"}


# What the form calls otherwise, or asks for in several fields.
_NAMES = {
    "ballot": ("ballot", "min_choices", "max_choices"),
    "code_required": ("entry",),
}


def draw_editor(round_: Round, waiting: Waiting, costs: Sequence[int], *, actor: Actor, at: datetime) -> None:
    """Draw the page of a round, save what changed, and do what was pressed; `costs`: of the projects on its list."""
    prefix = _prefix(round_, actor, at)
    with st.container(key="studio-head"):
        with st.container():
            _head(round_, actor, at)
        with st.container():
            publishing.open_publishing(round_, waiting)
    templates.draw("studio/staff_notes.html", notes=cautions.of_list(round_, costs, at=at))
    publishing.publish(round_, waiting)
    publishing.change(round_, waiting)
    refused: _Refused | None = st.session_state.get(f"studio-refused-{round_.id}")
    wrong: Mapping[str, str] = st.session_state.get(f"studio-wrong-{round_.id}", {})
    errors = {**wrong, **(refused.errors if refused else {})}
    fields = Fields(prefix, locked_fields(round_, actor, at), errors=errors, why_locked=_why_locked(round_))
    # Form and phone beside each other on a wide screen; on a phone the form alone: assets/staff.css.
    with st.container(key="studio"):
        with st.container():
            draft = draft_form.form(round_, fields, at=at)
            entered = _entered(round_, fields, draft)
            reason = _to_save(round_, fields, entered, refused) if rounds.editable(actor, round_, at) else None
            notices.show("save")
            publishing.void(round_, waiting, actor, at)
            publishing.discard(round_, at)
        with st.container(key="phone"):
            preview(round_, entered.sound if round_.draft else draft, at=at)
    if reason is not None:
        _save(round_, fields, entered.sound, reason=reason, at=at)
    _tell_anew(round_, entered, wrong, refused)


def _head(round_: Round, actor: Actor, at: datetime) -> None:
    notices.head(
        templates.told(round_.titles) or _("New round"),
        _state(round_, actor, at),
        over=_saved(round_),
        tags=_tags(round_, at),
        back=Link("/studio", _("All rounds")),
    )


@dataclass(frozen=True, slots=True)
class _Refused:
    """A draft that core refused, so that it is not tried again before it changes."""

    draft: RoundDraft
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Entered:
    """What stands in the form: what of it makes sense, what is wrong at its fields, and the fields held back."""

    sound: RoundDraft
    wrong: Mapping[str, str]
    held: Sequence[str]


def _entered(round_: Round, fields: Fields, draft: RoundDraft) -> _Entered:
    whole, found = sound(round_.as_draft(), draft)
    wrong = fields.wrong | {_FORM_NAMES.get(one.field, one.field): refusals.sentence(one) for one in found}
    held = [*(name.partition("@")[0] for name in fields.wrong), *(one.field for one in found)]
    held += [line.field for line in terms.lines(whole, draft)]
    return _Entered(whole, wrong, held)


def _tell_anew(round_: Round, entered: _Entered, wrong: Mapping[str, str], refused: _Refused | None) -> None:
    """Draw the page anew where something else is wrong than its fields have told."""
    stale = refused is not None and refused.draft != entered.sound
    if stale:
        del st.session_state[f"studio-refused-{round_.id}"]
    st.session_state[f"studio-wrong-{round_.id}"] = entered.wrong
    if stale or entered.wrong != wrong:
        st.rerun()


def _prefix(round_: Round, actor: Actor, at: datetime) -> str:
    """Return a key prefix that changes when somebody else changed the round.

    The fields then start anew, but for those in which something is typed: only the same field can conflict.
    """
    known: dict[int, tuple[int, int, datetime]] = st.session_state.setdefault("studio-versions", {})
    version, number, seen = known.get(round_.id, (round_.version, 0, at))
    if version != round_.version:
        old, number = f"r{round_.id}-{number}", number + 1
        drafts.carry_over(old, f"r{round_.id}-{number}")
        date_input.carry_over(f"{old}-dates", f"r{round_.id}-{number}-dates")
    if version != round_.version and _others(round_, actor, seen):
        text = _("Somebody else changed this round in the meantime. You see the newest state, and what you typed.")
        templates.draw("parts/note.html", look="in", icon_name="sync", text=text, link=None, live=True)
    known[round_.id] = (round_.version, number, at)
    return f"r{round_.id}-{number}"


def _others(round_: Round, actor: Actor, since: datetime) -> bool:
    """Return whether anyone but the reader has done something to the round since a moment."""
    with visit.reading() as session:
        lines = journal.entries(session, actor, round_.id)
    return any(line.at >= since and line.pseudonym != actor.pseudonym for line in lines)


def _saved(round_: Round) -> str:
    when = st.session_state.get(f"studio-saved-{round_.id}")
    if not round_.draft:
        return ""
    return _("Draft, saved at {time}", time=dates.clock(when)) if when else _("Draft")


def _state(round_: Round, actor: Actor, at: datetime) -> str:
    if round_.voided_at:
        return _("This round is void since {date}.", date=dates.moment(round_.voided_at, zone=round_.timezone))
    if not rounds.editable(actor, round_, at):
        return _("Decided: nothing in it can be changed any more.")
    if round_.draft:
        return _("In preparation: nobody outside sees it. Every change is saved at once.")
    if round_.locked:
        return _("Ballots have come in. What they rest on is locked; dates are extended by two organisers.")
    return _("Published. What decides the vote is changed by two organisers, with a public reason; dates only later.")


def _tags(round_: Round, at: datetime) -> list[Badge]:
    tags = [overview.badge(round_, at)]
    if round_.locked and not round_.voided_at:
        tags.append(Badge(_why_locked(round_), "lock", "wa"))
    return tags


def _why_locked(round_: Round) -> str:
    """Return why fields are grey."""
    if round_.voided_at:
        return _("Locked: the round is void.")
    return _("Locked: the first ballot is in.") if round_.locked else _("Locked since the round was published.")


def _to_save(round_: Round, fields: Fields, entered: _Entered, refused: _Refused | None) -> str | None:
    """Return the public reason ("" where none is needed) if the form is to be saved now, else None."""
    draft = entered.sound
    held = ", ".join(dict.fromkeys(map(names.field, entered.held)))
    if held and not round_.draft:
        _bar(_("Not right yet: {fields}. Until then nothing here can be saved.", fields=held), "er")
        return None
    by_hand = draft_form.conflict(round_, fields, at=visit.at()) or (refused and refused.draft == draft)
    if draft == round_.as_draft() or (round_.draft and not by_hand):
        if held:
            _bar(_("Not right yet, so not saved: {fields}. Everything else is saved.", fields=held), "er")
        return None if draft == round_.as_draft() else ""
    changed = [*(line.field for line in terms.lines(round_.as_draft(), draft)), *entered.held]
    unsaved = ", ".join(dict.fromkeys(map(names.field, changed)))
    _bar(_("Not saved yet: {fields}. The button is at the end of the form.", fields=unsaved), "wa")
    if round_.draft or not _takes_two(round_, draft):
        return "" if st.button(_("Save the changes"), type="primary", key=fields.key("save")) else None
    hint = _("Everyone will read this.")
    reason = fields.text("reason", _("Why is this changed?"), "", hint=hint, long=True, most=500)
    note = _("The round is public: nothing changes before another organiser agrees.")
    text = f"{note} {two_people.public()}"
    templates.draw("parts/note.html", look="in", icon_name="group", text=text, link=None, live=False)
    return reason if st.button(_("Ask for the change"), type="primary", key=fields.key("save")) else None


def _bar(text: str, look: str) -> None:
    """Draw what is not saved; it stays in sight while the form is scrolled: assets/staff.css."""
    icon = {"er": "error", "wa": "edit"}[look]
    with st.container(key="unsaved"):
        templates.draw("parts/note.html", look=look, icon_name=icon, text=text, link=None, live=True)


def _takes_two(round_: Round, draft: RoundDraft) -> bool:
    """Return whether a draft changes something of a public round that one person does not change alone."""
    return not round_.draft and any(line.field not in terms.ALONE for line in terms.lines(round_.as_draft(), draft))


def _save(round_: Round, fields: Fields, draft: RoundDraft, *, reason: str, at: datetime) -> None:
    try:
        with visit.transaction() as session:
            saved = _written(session, round_, draft, reason=reason, at=at)
    except GlasError as refusal:
        name = str(getattr(refusal, "field", ""))
        told = {_FORM_NAMES.get(name, name): refusals.sentence(refusal)}
        st.session_state[f"studio-refused-{round_.id}"] = _Refused(draft, told)
        notices.refused(refusal, place="save")
    else:
        known, asked = st.session_state["studio-versions"], _takes_two(round_, draft)
        # What was asked for waits above; the form shows the round as it is.
        known[round_.id] = (saved.version, known[round_.id][1] + asked, at)
        st.session_state.pop(f"studio-refused-{round_.id}", None)
        st.session_state.pop(fields.key("reason"), None)
        drafts.settle(fields.prefix)
        drafts.settle(f"{fields.prefix}-dates")
        st.session_state[f"studio-saved-{round_.id}"] = at
        if asked:
            notices.keep(_("Asked. It waits for another organiser, at the top of this page."), "in", place="save")
        elif not round_.draft:
            notices.keep(_("Saved at {time}.", time=dates.clock(at)), place="save")
    st.rerun()


def _written(session: Any, round_: Round, draft: RoundDraft, *, reason: str, at: datetime) -> Round:
    """Save what one person may change, ask for what takes two, and return the round as it is then."""
    actor = visit.visitor()
    # What somebody else saved since this page was drawn stays: only what was changed here is put on top.
    newest = rounds.get(session, actor, round_.id).as_draft()
    draft = terms.changed(newest, terms.lines(round_.as_draft(), draft))
    if not _takes_two(round_, draft):
        return rounds.edit(session, actor, round_.id, draft, at=at)
    alone = replace(newest, **{name: getattr(draft, name) for name in terms.ALONE})
    saved = rounds.edit(session, actor, round_.id, alone, at=at)
    rounds.ask_change(session, actor, round_.id, draft, at=at, reason=reason)
    return saved


def locked_fields(round_: Round, actor: Actor, at: datetime) -> frozenset[str]:
    """Return the names of the fields, dates too, that are locked for this person at this moment."""
    locked = rounds.locked_fields(actor, round_, at)
    return frozenset(field for name in locked for field in _NAMES.get(name, (name,)))


def preview(round_: Round, draft: RoundDraft, *, at: datetime) -> None:
    """Draw the phone with a draft, in the language and the colours chosen below it.

    A round that has begun is shown as it is now, one to come as on its first day.
    """
    shown = replace(round_, **{one.name: getattr(draft, one.name) for one in fields(draft)})
    begins = shown.dates.ideas_from or shown.dates.voting_from
    if round_.draft:
        shown, at = replace(shown, published_at=begins), begins
    at = max(at, begins)
    language = st.session_state.get("preview-language") or i18n.language()
    place = st.container()
    with st.container(horizontal=True, key="preview-tools"):
        st.segmented_control(
            _("Language of the preview"),
            i18n.languages(),
            format_func=i18n.own_sign,
            key="preview-language",
            default=i18n.language(),
            label_visibility="collapsed",
        )
        dark = st.toggle(_("Dark"), key="preview-dark")
    with place, i18n.speaking(language):
        said = hero.hero(shown, hero.Facts(0), at=at)
        templates.draw(
            "studio/staff_phone.html",
            dark=dark,
            title=templates.told(shown.titles),
            headline=said["headline"],
            call=said["call"],
            lead=said["lead"],
            button=said["first"].label,  # type: ignore[attr-defined]
            stages=stages.stages(shown, at=at),
        )
