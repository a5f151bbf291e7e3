"""A ready round to start from, so that of a town's first round only name, sum and dates need a look.

Values only; what it is called is said by whoever shows it. Ages 15 to 29 and three to five choices are what youth
budgets ask mostly, equal shares is the rule we advise. A month for ideas, a month for their review, two weeks for the
vote, five days to count it.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.ballots.types import BallotRules
from core.municipalities import Municipality
from core.phases import Dates
from core.rounds._values import RoundDraft
from core.texts import NO_TEXT

BUDGET = 50_000_00  # cents
BEGINS = timedelta(days=14)


def proposal(town: Municipality, *, at: datetime) -> RoundDraft:
    """Return a draft for `town` without title, its dates from in two weeks on, at midnight of the town's clock."""
    zone = ZoneInfo(town.timezone)
    start = at.astimezone(zone).date() + BEGINS

    def moment(days: int, hour: int = 0) -> datetime:
        wall = datetime.combine(start + timedelta(days=days), time(hour), zone)
        return wall.astimezone(ZoneInfo("UTC"))

    plan = Dates(moment(0), moment(30), moment(60), moment(74), moment(79, 12), moment(110))
    return RoundDraft(
        titles=NO_TEXT,
        budget=BUDGET,
        dates=plan,
        ballot=BallotRules("approval", 3, 5),
        age_on=date(plan.voting_from.astimezone(zone).year, 12, 31),
        contact_email=town.contact_email,
        timezone=town.timezone,
        age_min=15,
        age_max=29,
        rule="equal-shares",
    )
