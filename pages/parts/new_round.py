"""A ready round to start from: only name, sum and dates need a look."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.municipalities import Municipality
from core.rounds import BallotRules, Dates, RoundDraft
from core.texts import Texts
from pages.parts import dates, i18n
from pages.parts.i18n import _

BUDGET = 50_000_00  # cents


def proposal(town: Municipality, *, at: datetime) -> RoundDraft:
    """Return a draft for `town`: ages 15 to 29, three to five choices, equal shares, dates from in two weeks on."""
    zone = town.timezone
    start = dates.local(at, zone).date() + timedelta(days=14)

    def moment(days: int, hour: int = 0) -> datetime:
        wall = datetime.combine(start + timedelta(days=days), time(hour), ZoneInfo(zone))
        return wall.astimezone(ZoneInfo("UTC"))

    plan = Dates(moment(0), moment(30), moment(60), moment(74), moment(79, 12), moment(110))
    return RoundDraft(
        titles=_both(lambda: _("Youth budget {year}", year=dates.local(plan.voting_from, zone).year)),
        intro=_both(lambda: _("Young people decide what part of the budget is spent on.")),
        budget=BUDGET,
        dates=plan,
        ballot=BallotRules("approval", 3, 5),
        age_on=date(dates.local(plan.voting_from, zone).year, 12, 31),
        contact_email=town.contact_email,
        timezone=zone,
        age_min=15,
        age_max=29,
        rule="equal-shares",
    )


def _both(say: object) -> Texts:
    """Return what `say` says in either language."""
    found = {}
    for language in i18n.LANGUAGES:
        with i18n.speaking(language):
            found[language] = say()  # type: ignore[operator]
    return Texts(**found)
