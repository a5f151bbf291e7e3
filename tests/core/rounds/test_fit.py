"""A round in which nobody could vote is told of, and is not published."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core import rounds
from core.ballots.types import BallotRules
from core.errors import Invalid
from core.phases import Phase
from core.rounds import drafts, fit, publishing
from core.store import transaction
from tests.helpers import boxes, worlds
from tests.helpers.worlds import Town

APPROVAL = BallotRules("approval", 2, 3)
KNAPSACK = BallotRules("knapsack")


@pytest.mark.parametrize(
    ("ballot", "costs", "problem"),
    [
        (APPROVAL, [], "none"),
        (APPROVAL, [1_00], "few"),
        (BallotRules("approval", 9, 9), [1_00] * 5, "few"),
        (APPROVAL, [9_000_01, 9_000_01], "dear"),
        (APPROVAL, [9_000_00, 9_000_01], ""),
        (KNAPSACK, [], "none"),
        (KNAPSACK, [9_000_01], "dear"),
        (BallotRules("knapsack", 2), [5_000_00, 4_000_01], "dear"),
        (BallotRules("knapsack", 2), [5_000_00, 4_000_00, 9_000_00], ""),
        (BallotRules("ranking"), [1_00], ""),
    ],
)
def test_a_list_that_fills_no_ballot_is_told_of(town: Town, ballot, costs, problem):
    found = fit.of_list(worlds.draft(town.at, ballot=ballot), costs)

    assert [(one.field, one.problem) for one in found] == ([("projects", problem)] if problem else [])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rule_settings": {"nonsense": 1}}, "rule_settings"),
        ({"rule": "greedy", "rule_settings": {"by": "magic"}}, "rule_settings"),
        ({"rule": "equal-shares", "rule_settings": {"completion": "magic"}}, "rule_settings"),
        ({"rule": "greedy-borda"}, "rule"),
        ({"rule": "fate"}, "rule"),
    ],
)
def test_a_rule_that_could_not_count_is_refused(town: Town, changes, field):
    with pytest.raises(Invalid) as refusal:
        fit.check_rule(worlds.draft(town.at, **changes))
    assert refusal.value.field == field


@pytest.mark.parametrize("settings", [{}, {"completion": "add1"}, {"exhaustive": True}])
def test_a_rule_that_can_count_passes(town: Town, settings):
    fit.check_rule(worlds.draft(town.at, rule="equal-shares", rule_settings=settings))


def test_a_cheapest_idea_above_the_budget_is_warned_of_in_the_draft(town: Town):
    found = drafts.warnings(worlds.draft(town.at, min_cost=9_000_01))

    assert ("min_cost", "over_budget") in [(one.field, one.problem) for one in found]


def opened(town: Town, **changes):
    """Return a draft whose list stands: its ideas are over."""
    dates = replace(
        worlds.draft(town.at).dates, ideas_from=town.at - timedelta(days=9), ideas_until=town.at - timedelta(days=1)
    )
    with transaction() as session:
        return worlds.round_in(
            session, town.municipality.id, Phase.preparation, town.at, slug="f", published=False,
            **{"dates": dates, **changes},
        )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"projects": False}, "projects", "none"),
        ({"ballot": BallotRules("approval", 6, 9)}, "projects", "few"),
        ({"ballot": KNAPSACK, "budget": 999_99}, "projects", "dear"),
        ({"min_cost": 9_000_01}, "min_cost", "over_budget"),
        ({"rule": "greedy", "rule_settings": {"by": "magic"}}, "rule_settings", "choice"),
    ],
)
def test_two_people_cannot_publish_what_nobody_could_vote_in(town: Town, changes, field, problem):
    round_ = opened(town, **changes)

    with pytest.raises(Invalid) as refusal, transaction() as session:
        publishing.publish_round(session, town.organiser, round_.id, at=town.at)
    assert (refusal.value.field, refusal.value.problem) == (field, problem)


def test_the_second_person_is_refused_what_went_wrong_after_the_first_had_asked(town: Town):
    round_ = opened(town)
    with transaction() as session:
        publishing.publish_round(session, town.organiser, round_.id, at=town.at)
    boxes.change(f"UPDATE project SET cost = 900100 WHERE round_id = {round_.id}")

    with pytest.raises(Invalid) as refusal, transaction() as session:
        asked = boxes.consent(session, town.second_organiser, round_.id, publishing.Action.publish_round)
        publishing.publish_round(session, town.second_organiser, round_.id, at=town.at, consent=asked)
    assert refusal.value.problem == "dear"


def test_a_list_is_not_missed_before_the_ideas_are_in(town: Town):
    with transaction() as session:
        round_ = worlds.round_in(
            session, town.municipality.id, Phase.preparation, town.at, slug="f", published=False, projects=False
        )
        fit.refuse(session, round_, town.at)


def test_what_is_withdrawn_fills_no_ballot(town: Town):
    round_ = opened(town, ballot=BallotRules("approval", 5, 5))
    boxes.change(f"UPDATE project SET withdrawn_at = '2026-01-01' WHERE round_id = {round_.id} AND code = 'p01'")

    with pytest.raises(Invalid) as refusal, transaction() as session:
        fit.refuse(session, round_, town.at)
    assert refusal.value.problem == "few"


def test_a_change_of_a_public_round_that_makes_no_sense_is_refused(town: Town):
    with pytest.raises(Invalid) as refusal, transaction() as session:
        draft = replace(town.round.as_draft(), min_cost=9_000_01)
        rounds.ask_change(session, town.organiser, town.round.id, draft, at=town.at, reason="So that it is right.")
    assert (refusal.value.field, refusal.value.problem) == ("min_cost", "over_budget")


@pytest.mark.parametrize(
    ("kind", "least", "count", "all_"),
    [("approval", 3, 3, True), ("knapsack", 2, 2, True), ("approval", 3, 4, False), ("approval", 1, 1, False),
     ("ranking", 3, 3, False), ("approval", None, 3, False)],
)  # fmt: skip
def test_a_ballot_that_must_name_every_project_is_no_choice(town: worlds.Town, kind, least, count, all_):
    draft = worlds.draft(town.at, ballot=BallotRules(kind, least, 5))
    assert fit.chooses_all(draft, count) is all_
