"""The ready round: what a town without any experience is handed to begin with."""

from dataclasses import replace
from datetime import UTC, date, datetime

from core.ballots.types import BallotRules
from core.rounds import drafts, ready
from core.texts import Texts

AT = datetime(2026, 1, 10, 22, 30, tzinfo=UTC)


def test_a_town_starts_from_values_that_fit(town):
    # In Sofia it is the eleventh already, half an hour past midnight.
    draft = ready.proposal(town.municipality, at=AT)

    assert (draft.budget, draft.rule, draft.age_min, draft.age_max) == (50_000_00, "equal-shares", 15, 29)
    assert (draft.ballot, draft.age_on) == (BallotRules("approval", 3, 5), date(2026, 12, 31))
    assert (draft.timezone, draft.contact_email) == ("Europe/Sofia", town.municipality.contact_email)
    assert draft.dates.ideas_from == datetime(2026, 1, 24, 22, tzinfo=UTC)
    assert draft.dates.voting_from == datetime(2026, 3, 25, 22, tzinfo=UTC)
    # Summer time has begun by then, and it is midnight all the same.
    assert draft.dates.voting_until == datetime(2026, 4, 8, 21, tzinfo=UTC)
    assert draft.dates.results_on == datetime(2026, 4, 14, 9, tzinfo=UTC)


def test_with_a_title_it_can_be_written_down(town):
    draft = ready.proposal(town.municipality, at=AT)
    both = Texts(bg="Младежки бюджет", en="Youth budget")
    drafts.check(replace(draft, titles=both))
    found = drafts.warnings(replace(draft, titles=both))
    assert [(each.field, each.problem) for each in found] == [("intro", "missing"), ("eligible_estimate", "missing")]
