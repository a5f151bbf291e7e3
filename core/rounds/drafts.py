"""Drafts of rounds: what must be right before one is written down, and what had better be thought over."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, get_args
from zoneinfo import ZoneInfo

from core.ballots.types import CASTABLE, BallotRules
from core.counting.election import RuleWrong
from core.counting.rules import NAMES, rule_name
from core.counting.rules.greedy import PROJECTS
from core.errors import Invalid
from core.people.accounts import YOUNGEST
from core.people.persons import clean_email
from core.phases import Dates
from core.rounds import terms
from core.rounds._values import RoundDraft, Visibility
from core.texts import LANGUAGES

TITLE = 120
INTRO = 4_000
SOURCE = 200
_LIMITS = {"titles": TITLE, "intro": INTRO, "eligible_source": SOURCE}
# A published tally that moves by fewer ballots can show what a single voter chose.
SAFE_STEP = 20


@dataclass(frozen=True, slots=True)
class Warning:
    """Something about a draft that is allowed but had better be thought over."""

    field: str
    problem: str
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)


def check(draft: RoundDraft) -> None:
    """Refuse a draft that makes no sense. Raises Invalid with the first field that is wrong."""
    for fault in faults(draft):
        raise fault


def faults(draft: RoundDraft) -> tuple[Invalid, ...]:
    """Return all that makes no sense in a draft, at most one fault a field."""
    checks = (
        *(partial(_check_text, draft, name, limit) for name, limit in _LIMITS.items()), partial(_check_contact, draft),
        partial(_check_money, draft), partial(_check_limits, draft), partial(_check_zone, draft.timezone),
        partial(_check_ages, draft), partial(check_dates, draft.dates), partial(_check_ballot, draft.ballot),
        partial(_check_rule, draft), partial(_check_visibility, draft), partial(_check_estimate, draft),
        partial(_within, "ideas_each", draft.ideas_each, 1, 100),
    )  # fmt: skip
    found: dict[str, Invalid] = {}
    for one in checks:
        try:
            one()
        except Invalid as fault:
            found.setdefault(fault.field, fault)
    return tuple(found.values())


def sound(kept: RoundDraft, draft: RoundDraft) -> tuple[RoundDraft, tuple[Invalid, ...]]:
    """Return the draft with each field that makes no sense as it is `kept`, and what is wrong with those fields.

    Where a field makes no sense beside another, and not as it is kept either, the other one is held back too.
    """
    whole, told, held = draft, dict[str, Invalid](), set[str]()
    while wrong := faults(whole):
        names = {str(one.facts.get("after", one.field)) if one.field in held else one.field for one in wrong}
        told |= {one.field: one for one in wrong if one.field not in told}
        if names <= held:
            return kept, tuple(told.values())
        held |= names
        whole = terms.changed(draft, [line for line in terms.lines(draft, kept) if line.field in held])
    return whole, tuple(told.values())


def settled(draft: RoundDraft, published: RoundDraft | None = None) -> RoundDraft:
    """Return the draft with the settings that follow from its ballot: in a ranking a place brings the same points
    whatever else is ranked, the first as many as there are places.

    What was `published` to count otherwise, and is to go on by the same rule, does so.
    """
    ranked = _by_places(draft)
    if ranked and published is not None and _by_places(published) and "places" not in published.rule_settings:
        return draft
    others = {name: value for name, value in draft.rule_settings.items() if name != "places"}
    places = {"places": draft.ballot.max_choices or PROJECTS} if ranked else {}
    return dataclasses.replace(draft, rule_settings=others | places)


def _by_places(draft: RoundDraft) -> bool:
    return NAMES.get(draft.rule, draft.rule) == "greedy-borda"


def check_dates(dates: Dates) -> None:
    """Refuse dates that are not in the order of the phases. Raises Invalid with `after`, the date they must follow."""
    if (dates.ideas_from is None) != (dates.ideas_until is None):
        raise Invalid("ideas_from" if dates.ideas_from is None else "ideas_until", "required")
    moments = {name: getattr(dates, name) for name in Dates.__dataclass_fields__}
    for name, moment in moments.items():
        if moment is not None and moment.tzinfo is None:
            raise Invalid(name, "format")
    _follows(moments, "ideas_until", "ideas_from", strictly=True)
    _follows(moments, "voting_from", "ideas_until", strictly=False)
    _follows(moments, "voting_until", "voting_from", strictly=True)
    _follows(moments, "results_on", "voting_until", strictly=False)
    _follows(moments, "implementation_from", "voting_until", strictly=False)


def warnings(draft: RoundDraft, languages: Iterable[str] = LANGUAGES) -> tuple[Warning, ...]:
    """Return what an organiser should think over before she publishes, in the order of the form.

    `languages`: those of the town.
    """
    dates, found = draft.dates, []
    if not all(map(draft.titles.exactly, languages)):
        found.append(Warning("titles", "untranslated"))
    if not draft.intro:
        found.append(Warning("intro", "missing"))
    if draft.min_cost is not None and draft.min_cost > draft.budget:
        found.append(Warning("min_cost", "over_budget"))
    if draft.max_cost is not None and draft.max_cost > draft.budget:
        found.append(Warning("max_cost", "over_budget"))
    if dates.ideas_from and dates.ideas_until:
        _short(found, "ideas_until", dates.ideas_until - dates.ideas_from, 14)
        _short(found, "voting_from", dates.voting_from - dates.ideas_until, 7)
    _short(found, "voting_until", dates.voting_until - dates.voting_from, 7)
    if _at_night(dates.voting_until, draft.timezone):
        found.append(Warning("voting_until", "night"))
    if dates.results_on - dates.voting_until > timedelta(days=30):
        found.append(Warning("results_on", "late", {"days": 30}))
    if draft.age_min is not None and draft.age_min < YOUNGEST:
        found.append(Warning("age_min", "no_account", {"limit": YOUNGEST}))
    if not draft.code_required:
        found.append(Warning("code_required", "advisory"))
    if draft.visibility == "live" and draft.tally_step < SAFE_STEP:
        found.append(Warning("tally_step", "small", {"limit": SAFE_STEP}))
    if draft.eligible_estimate is None:
        found.append(Warning("eligible_estimate", "missing"))
    return tuple(found)


def _check_text(draft: RoundDraft, name: str, limit: int) -> None:
    texts = getattr(draft, name)
    if name == "titles" and not texts:
        raise Invalid(name, "required")
    if any(len(text) > limit for _language, text in texts.pairs):
        raise Invalid(name, "too_long", limit=limit)


def _check_contact(draft: RoundDraft) -> None:
    if clean_email(draft.contact_email, field="contact_email") is None:
        raise Invalid("contact_email", "required")


def _check_money(draft: RoundDraft) -> None:
    # BIGINT is the end of the scale.
    _within("budget", draft.budget, 1, 2**62)
    if not (len(draft.currency) == 3 and draft.currency.isascii() and draft.currency.isupper()):
        raise Invalid("currency", "format")


def _check_limits(draft: RoundDraft) -> None:
    for name, cost in (("min_cost", draft.min_cost), ("max_cost", draft.max_cost)):
        if cost is not None:
            _within(name, cost, 1, 2**62)
    if draft.min_cost is not None and draft.max_cost is not None and draft.max_cost < draft.min_cost:
        raise Invalid("max_cost", "order", after="min_cost")


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Invalid("timezone", "choice") from error


def _check_ages(draft: RoundDraft) -> None:
    for name, age in (("age_min", draft.age_min), ("age_max", draft.age_max)):
        if age is not None:
            _within(name, age, 1, 120)
    if draft.age_min is not None and draft.age_max is not None and draft.age_max < draft.age_min:
        raise Invalid("age_max", "order", after="age_min")


def _check_ballot(ballot: BallotRules) -> None:
    if ballot.type not in CASTABLE:
        raise Invalid("ballot_type", "choice")
    for name, limit in (("min_choices", ballot.min_choices), ("max_choices", ballot.max_choices)):
        if limit is not None:
            _within(name, limit, 1, 100)
    if ballot.min_choices is not None and ballot.max_choices is not None and ballot.max_choices < ballot.min_choices:
        raise Invalid("max_choices", "order", after="min_choices")


def _check_rule(draft: RoundDraft) -> None:
    try:
        rule_name(draft.rule)
    except RuleWrong as error:
        raise Invalid("rule", "choice") from error


def _check_visibility(draft: RoundDraft) -> None:
    if draft.visibility not in get_args(Visibility):
        raise Invalid("visibility", "choice")
    _within("tally_step", draft.tally_step, 1, 10_000)


def _check_estimate(draft: RoundDraft) -> None:
    if draft.eligible_estimate is not None:
        _within("eligible_estimate", draft.eligible_estimate, 1, 10**8)


def _within(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise Invalid(name, "range", least=least, most=most)


def _follows(moments: dict[str, datetime | None], later: str, earlier: str, *, strictly: bool) -> None:
    after, before = moments[later], moments[earlier]
    if after is None or before is None:
        return
    if after < before or (strictly and after == before):
        raise Invalid(later, "order", after=earlier)


def _short(found: list[Warning], name: str, length: timedelta, days: int) -> None:
    if length < timedelta(days=days):
        found.append(Warning(name, "short", {"days": days}))


def _at_night(moment: datetime, zone: str) -> bool:
    """Return whether nobody would be there to answer when voting closes; midnight sharp is a usual end of a day."""
    local = moment.astimezone(ZoneInfo(zone))
    return local.hour < 7 and (local.hour, local.minute) != (0, 0)
