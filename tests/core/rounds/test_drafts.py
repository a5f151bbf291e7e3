"""Drafts of rounds: what is refused, and what is only pointed out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.ballots.types import BallotRules
from core.errors import Invalid
from core.rounds import drafts
from core.texts import NO_TEXT, Texts
from tests.helpers import worlds

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD = worlds.draft(NOON, code_required=True, tally_step=20, intro=Texts(bg="а", en="a"), eligible_estimate=6000)
GOOD = replace(GOOD, dates=replace(GOOD.dates, ideas_until=NOON + 20 * DAY, voting_from=NOON + 30 * DAY,
                                   voting_until=NOON + 40 * DAY, results_on=NOON + 45 * DAY))  # fmt: skip


def dated(**moments):
    return {"dates": replace(GOOD.dates, **moments)}


def test_a_good_draft_passes_without_a_word():
    drafts.check(GOOD)

    assert drafts.warnings(GOOD) == ()


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"titles": NO_TEXT}, "titles", "required"),
        ({"titles": Texts(bg="а" * 121)}, "titles", "too_long"),
        ({"contact_email": ""}, "contact_email", "required"),
        ({"contact_email": "kmet"}, "contact_email", "format"),
        ({"budget": 0}, "budget", "range"),
        ({"budget": 2**63}, "budget", "range"),
        ({"currency": "лв"}, "currency", "format"),
        ({"timezone": "Europe/Kyustendil"}, "timezone", "choice"),
        ({"timezone": "../etc/passwd"}, "timezone", "choice"),
        ({"min_cost": 0}, "min_cost", "range"),
        ({"min_cost": 5, "max_cost": 4}, "max_cost", "order"),
        ({"age_min": 0}, "age_min", "range"),
        ({"age_min": 30}, "age_max", "order"),
        ({"ballot": BallotRules("points")}, "ballot_type", "choice"),
        ({"ballot": BallotRules("approval", 0, 3)}, "min_choices", "range"),
        ({"ballot": BallotRules("approval", 4, 3)}, "max_choices", "order"),
        ({"rule": "fate"}, "rule", "choice"),
        ({"visibility": "secret"}, "visibility", "choice"),
        ({"tally_step": 0}, "tally_step", "range"),
        ({"eligible_estimate": 0}, "eligible_estimate", "range"),
        (dated(ideas_from=None), "ideas_from", "required"),
        (dated(ideas_until=None), "ideas_until", "required"),
        (dated(ideas_until=GOOD.dates.ideas_from), "ideas_until", "order"),
        (dated(voting_from=GOOD.dates.ideas_until - DAY), "voting_from", "order"),
        (dated(voting_until=GOOD.dates.voting_from), "voting_until", "order"),
        (dated(results_on=GOOD.dates.voting_until - DAY), "results_on", "order"),
        (dated(implementation_from=GOOD.dates.voting_from), "implementation_from", "order"),
        (dated(voting_from=datetime(2026, 5, 1)), "voting_from", "format"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(changes: dict, field: str, problem: str):
    with pytest.raises(Invalid) as refusal:
        drafts.check(replace(GOOD, **changes))

    assert (refusal.value.field, refusal.value.problem) == (field, problem)


def test_all_that_makes_no_sense_is_told_one_fault_a_field():
    wrong = replace(
        GOOD, titles=NO_TEXT, budget=0, min_cost=5, max_cost=4, age_min=30, ballot=BallotRules("approval", 4, 3),
        contact_email="kmet", **dated(voting_until=GOOD.dates.voting_from),
    )  # fmt: skip

    assert [(one.field, one.problem) for one in drafts.faults(wrong)] == [
        ("titles", "required"), ("contact_email", "format"), ("budget", "range"), ("max_cost", "order"),
        ("age_max", "order"), ("voting_until", "order"), ("max_choices", "order"),
    ]  # fmt: skip
    assert drafts.faults(GOOD) == ()


def test_a_round_may_do_without_ideas():
    drafts.check(replace(GOOD, **dated(ideas_from=None, ideas_until=None)))


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"titles": Texts(bg="Бюджет")}, "titles", "untranslated"),
        ({"intro": NO_TEXT}, "intro", "missing"),
        ({"max_cost": GOOD.budget + 1}, "max_cost", "over_budget"),
        (dated(ideas_until=GOOD.dates.ideas_from + 13 * DAY), "ideas_until", "short"),
        (dated(voting_from=GOOD.dates.ideas_until + 6 * DAY), "voting_from", "short"),
        (dated(voting_until=GOOD.dates.voting_from + 6 * DAY), "voting_until", "short"),
        (dated(voting_until=GOOD.dates.voting_until.replace(hour=1)), "voting_until", "night"),
        (dated(results_on=GOOD.dates.voting_until + 31 * DAY), "results_on", "late"),
        ({"age_min": 12}, "age_min", "no_account"),
        ({"code_required": False}, "code_required", "advisory"),
        ({"tally_step": 1}, "tally_step", "small"),
        ({"eligible_estimate": None}, "eligible_estimate", "missing"),
    ],
)
def test_what_is_unwise_is_pointed_out(changes: dict, field: str, problem: str):
    (warning,) = drafts.warnings(replace(GOOD, **changes))

    assert (warning.field, warning.problem) == (field, problem)


def test_closing_at_midnight_is_usual():
    midnight = (GOOD.dates.voting_until + DAY).replace(hour=22)  # 0:00 in Sofia in winter

    assert (
        drafts.warnings(
            replace(GOOD, timezone="Europe/Sofia", **dated(voting_until=midnight.replace(month=4, hour=21)))
        )
        == ()
    )
