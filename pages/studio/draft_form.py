"""The fields of a round in six sections; what stands in them comes back as a draft."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar, cast

import streamlit as st

from core.ballots.types import TYPES, BallotRules
from core.counting.rules import rule_name
from core.errors import Invalid
from core.phases import Dates
from core.rounds import Round, RoundDraft
from core.texts import Texts
from pages.parts import date_input, dates, names, refusals, templates
from pages.parts.date_input import DateRow, Field
from pages.parts.forms import Fields, fields_of_languages, name_in
from pages.parts.i18n import _, n_
from pages.parts.links import Link, to
from pages.rounds import choices
from pages.studio import cautions
from pages.voting import ballot_types

_T = TypeVar("_T")

CURRENCIES = ("EUR", "BGN", "CHF", "CZK", "DKK", "GBP", "HUF", "PLN", "RON", "SEK", "USD")

ZONES = (
    "Europe/Sofia", "Europe/Athens", "Europe/Bucharest", "Europe/Berlin", "Europe/Brussels", "Europe/Budapest",
    "Europe/Lisbon", "Europe/London", "Europe/Madrid", "Europe/Paris", "Europe/Prague", "Europe/Rome",
    "Europe/Vienna", "Europe/Warsaw", "Europe/Zurich", "UTC",
)  # fmt: skip


def form(round_: Round, fields: Fields, *, at: datetime) -> RoundDraft:
    """Draw all sections; return the draft they make. What cannot be read stands in `fields.wrong`, in the draft what is
    kept.
    """
    draft = _texts(round_.as_draft(), fields)
    templates.draw(
        "parts/staff_section.html", id="stages", title=_("1. Stages"), text="", tag=_span(round_), tag_icon="timer"
    )
    draft = replace(draft, dates=_stages(round_, fields, at=at))
    templates.draw("studio/staff_notes.html", notes=cautions.of_dates(draft, fields.locked))
    draft = _ballot(draft, fields)
    draft = _rule(draft, fields)
    draft = _money(draft, fields)
    draft = _people(draft, fields)
    draft = _visibility(draft, fields)
    _commission(round_, draft, locked="visibility" in fields.locked)
    templates.draw("studio/staff_notes.html", notes=cautions.of_the_rest(draft, fields.locked))
    return draft


def _read(fields: Fields, name: str, typed: _T, kept: _T) -> _T:
    """Return what was typed in a field, or what is kept where that is wrong."""
    return kept if name in fields.wrong else typed


def _said(fields: Fields, name: str, label: str, kept: Texts, language: str, **more: Any) -> str:
    typed = fields.said(name, label, kept, language, **more)
    return _read(fields, name_in(name, language), typed, kept.exactly(language))


def _span(round_: Round) -> str:
    return length(round_.dates)


def _head(title: str, fields: Fields, name: str) -> None:
    """Draw the heading of a section; a lock says that its field `name` can no longer change, and why."""
    locked = name in fields.locked
    text = fields.why_locked if locked else ""
    templates.draw(
        "parts/staff_section.html", id="", title=title, text=text, tag=_("Locked") if locked else "", tag_icon="lock"
    )


def _texts(draft: RoundDraft, fields: Fields) -> RoundDraft:
    titles, intro = {}, {}
    for one in fields_of_languages():
        titles[one] = _said(fields, "titles", _("Title"), draft.titles, one, most=90)
        intro[one] = _said(fields, "intro", _("Introduction"), draft.intro, one, long=True, most=400)
    return replace(draft, titles=draft.titles | titles, intro=draft.intro | intro)


def _ballot(draft: RoundDraft, fields: Fields) -> RoundDraft:
    _head(_("2. Ballot"), fields, "ballot")
    kind = fields.choice("ballot", _("Type of ballot"), ballot_types.offers(), draft.ballot.type)
    least, most = draft.ballot.min_choices, draft.ballot.max_choices
    if not TYPES[kind].numbered:
        return replace(draft, ballot=BallotRules(kind))
    left, right = st.columns(2)
    with left:
        least = fields.number(
            "min_choices", names.field("min_choices"), least, hint=_("how many projects a ballot must hold")
        )
    with right:
        most = fields.number("max_choices", names.field("max_choices"), most, hint=_("empty: as many as one likes"))
    least = _read(fields, "min_choices", least, draft.ballot.min_choices)
    most = _read(fields, "max_choices", most, draft.ballot.max_choices)
    return replace(draft, ballot=BallotRules(kind, least, most))


def _rule(draft: RoundDraft, fields: Fields) -> RoundDraft:
    _head(_("3. Counting rule"), fields, "rule")
    options = choices.rules(draft.ballot.type)
    known = rule_name(draft.rule)
    rule = fields.choice("rule", _("Counting rule"), options, known)
    if "rule" in fields.locked:
        return replace(draft, rule=rule)
    note = _("From the first ballot on the rule is locked. It is printed on the rules page from the first day.")
    templates.draw("parts/note.html", look="in", icon_name="info", text=note, link=None, live=False)
    return draft if rule == known else replace(draft, rule=rule, rule_settings={})


def _money(draft: RoundDraft, fields: Fields) -> RoundDraft:
    _head(_("4. Money and limits"), fields, "budget")
    left, middle, right = st.columns(3)
    names = {code: code for code in dict.fromkeys((draft.currency, *CURRENCIES))}
    zones = {zone: zone.replace("_", " ") for zone in dict.fromkeys((draft.timezone, *ZONES))}
    with left:
        currency = fields.one_of("currency", _("Currency"), names, draft.currency)
        zone = fields.one_of("timezone", _("Time zone"), zones, draft.timezone)
    with middle:
        budget = fields.amount(
            "budget", _("Budget"), draft.budget or None, currency, hint=_("the whole sum to decide on"), needed=True
        )
    with right:
        least = fields.amount("min_cost", _("Cheapest idea"), draft.min_cost, currency, hint=_("empty: no limit"))
        most = fields.amount("max_cost", _("Dearest idea"), draft.max_cost, currency, hint=_("empty: no limit"))
        hint = _("so many at most, so that all find room")
        each = fields.number("ideas_each", _("Ideas of one person"), draft.ideas_each, hint=hint, needed=True)
    return replace(
        draft,
        budget=_read(fields, "budget", budget, None) or draft.budget,
        min_cost=_read(fields, "min_cost", least, draft.min_cost),
        max_cost=_read(fields, "max_cost", most, draft.max_cost),
        ideas_each=draft.ideas_each if each is None else each,
        currency=currency,
        timezone=zone,
    )


def _people(draft: RoundDraft, fields: Fields) -> RoundDraft:
    _head(_("5. Who votes"), fields, "age_min")
    left, middle, right = st.columns(3)
    with left:
        youngest = fields.number("age_min", _("Age from"), draft.age_min, hint=_("years of age"))
    with middle:
        oldest = fields.number("age_max", _("Age to"), draft.age_max, hint=_("years of age"))
    with right:
        off = "age_on" in fields.locked
        told = fields.errors.get("age_on", "")
        day = date_input.one(fields.key("age_on"), _("Age counted on"), draft.age_on, disabled=off, error=told)
        if day is None:
            fields.wrong["age_on"] = refusals.sentence(Invalid("age_on", "required"))
    entry = fields.choice("entry", _("How voters are admitted"), choices.entries(), _entry(draft.code_required))
    number = fields.number(
        "eligible_estimate",
        _("How many young people are there?"),
        draft.eligible_estimate,
        hint=_("so that turnout has a base"),
    )
    source = {}
    for one in fields_of_languages():
        source[one] = _said(fields, "eligible_source", _("Source of the number"), draft.eligible_source, one)
    mail = fields.text("contact_email", _("E-mail for questions"), draft.contact_email, most=120)
    return replace(
        draft,
        age_min=_read(fields, "age_min", youngest, draft.age_min),
        age_max=_read(fields, "age_max", oldest, draft.age_max),
        age_on=day or draft.age_on,
        code_required=entry == "code",
        eligible_estimate=_read(fields, "eligible_estimate", number, draft.eligible_estimate),
        eligible_source=draft.eligible_source | source,
        contact_email=_read(fields, "contact_email", mail, draft.contact_email),
    )


def _entry(code_required: bool) -> str:
    return "code" if code_required else "open"


def _commission(round_: Round, draft: RoundDraft, *, locked: bool) -> None:
    """Say what a sealed round needs before it can be published, and what the others leave to the server."""
    if draft.visibility == "sealed":
        text = _("The key is split among three people, of whom two open the ballots. First name them and rehearse:")
        link = Link(to("/commission", round=round_.slug), _("Commission"))
        templates.draw("parts/note.html", look="wa", icon_name="key", text=text, link=link, live=False)
        return
    text = _("The server keeps the key to the ballots until the count.")
    if not locked:
        text += " " + _("If that is too much trust, choose “Sealed”.")
    templates.draw("parts/note.html", look="in", icon_name="key", text=text, link=None, live=False)


def _visibility(draft: RoundDraft, fields: Fields) -> RoundDraft:
    _head(_("6. What is shown while people vote"), fields, "visibility")
    shown = fields.choice("visibility", _("What is shown while people vote"), choices.visibilities(), draft.visibility)
    step = draft.tally_step
    if shown != "sealed":
        hint = _("The figures move on only when this many ballots have come in, so that no single vote can be seen.")
        typed = fields.number("tally_step", _("Ballots per step"), draft.tally_step, hint=hint, needed=True)
        step = draft.tally_step if typed is None else typed
    return replace(draft, visibility=shown, tally_step=step)  # type: ignore[arg-type]


def _stages(round_: Round, fields: Fields, *, at: datetime) -> Dates:
    """Draw the dates of a round, those locked to read; return what they are, in place of a wrong one what is kept."""
    shown, key, zone = _rows(round_, at, fields.locked, fields.errors), f"{fields.prefix}-dates", round_.timezone
    for name, value in date_input.theirs(key, shown, zone).items():
        text = _(
            "{field}: another organiser has set {value} meanwhile. What you typed is not lost.",
            field=names.field(name), value=value.replace("T", ", "),
        )  # fmt: skip
        templates.draw("parts/note.html", look="wa", icon_name="group", text=text, link=None, live=True)
    found = date_input.rows(key, shown, zone=zone, label=_("Stages"))
    needed = {"voting_from", "voting_until", "results_on"}
    if round_.dates.ideas_from or not round_.imported:
        needed |= {"ideas_from", "ideas_until"}
    missing = {one: refusals.sentence(Invalid(one, "required")) for one in found if one in needed and not found[one]}
    wrong = missing | date_input.problems(key, shown, zone)
    fields.wrong |= wrong
    read = {name: value for name, value in found.items() if name not in wrong}
    return replace(round_.dates, **cast(dict[str, datetime], read))


def conflict(round_: Round, fields: Fields, *, at: datetime) -> bool:
    """Return whether somebody else has changed a field in which something else is typed here."""
    shown = _rows(round_, at, fields.locked, fields.errors)
    return bool(fields.theirs or date_input.theirs(f"{fields.prefix}-dates", shown, round_.timezone))


def length(plan: Dates) -> str:
    """Return how long the whole round takes until its results: „95 дни“."""
    first = plan.ideas_from or plan.voting_from
    return n_("{count} day", "{count} days", max(0, (plan.results_on - first).days))


def _rows(round_: Round, at: datetime, locked: Collection[str], errors: Mapping[str, str]) -> list[DateRow]:
    plan, zone = round_.dates, round_.timezone
    today = dates.local(at, zone).date()

    def field(name: str, label: str, *, timed: bool = False, end: bool = False) -> Field:
        value = getattr(plan, name)
        off = name in locked or round_.counted_at is not None
        least = _least(value, today, zone) if not round_.draft else None
        return Field(name, value, label, timed=timed, end=end, disabled=off, least=least)

    return [
        DateRow(
            "ideas",
            _("Ideas"),
            (field("ideas_from", _("from")), field("ideas_until", _("until"), end=True)),
            bar="plum",
            error=errors.get("ideas_from") or errors.get("ideas_until", ""),
        ),
        DateRow(
            "review",
            _("Review"),
            bar="plum",
            between=("ideas_until", "voting_from"),
            text=_("from the last idea to the first vote"),
        ),
        DateRow(
            "voting",
            _("Voting"),
            (field("voting_from", _("from"), timed=True), field("voting_until", _("until"), timed=True, end=True)),
            bar="lime",
            error=errors.get("voting_from") or errors.get("voting_until", ""),
        ),
        DateRow(
            "results",
            _("Results"),
            (field("results_on", _("on"), timed=True),),
            error=errors.get("results_on", ""),
        ),
        DateRow(
            "build",
            _("Making it happen"),
            (field("implementation_from", _("from")),),
            error=errors.get("implementation_from", ""),
        ),
    ]


def _least(value: datetime | None, today: date, zone: str) -> date:
    """Return the first day a published date may move to: never earlier than promised."""
    if value is None:
        return today
    return max(today, dates.local(value, zone).date())
