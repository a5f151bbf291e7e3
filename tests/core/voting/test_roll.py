"""The roll: age by years at a stated date, then a code where the round wants one."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event

from core import store
from core.errors import NotEligible
from core.voting import roll
from tests.helpers.worlds import Town


def missing(town: Town, actor, **changes):
    with store.reading() as session:
        return roll.eligibility(session, actor, replace(town.round, **changes)).missing


@pytest.mark.parametrize(
    ("born", "expected"), [(2012, "age"), (2011, None), (1997, None), (1996, "age"), (None, "age")]
)
def test_age_is_the_difference_of_years(town: Town, born: int | None, expected: str | None):
    limits = {"age_min": 15, "age_max": 29, "age_on": date(2026, 12, 31)}

    assert missing(town, replace(town.resident, birth_year=born), **limits) == expected


def test_without_limits_any_age_will_do(town: Town):
    assert missing(town, replace(town.resident, birth_year=None), age_min=None, age_max=None) is None


def test_a_code_is_needed_where_the_round_says_so(town: Town):
    assert missing(town, town.resident, code_required=True) == "code"

    with store.transaction() as session:
        roll.enrol(session, town.resident, town.round.id)
        roll.enrol(session, town.resident, town.round.id)
    assert missing(town, town.resident, code_required=True) is None


def test_a_guest_signs_in_first(town: Town):
    assert missing(town, town.guest) == "sign_in"
    assert missing(town, town.operator) == "sign_in"


def test_staff_may_vote_if_they_are_eligible(town: Town):
    assert missing(town, town.organiser) is None


@pytest.mark.parametrize(("changes", "missing"), [({"birth_year": 1950}, "age"), ({}, "code")])
def test_refusals_say_what_is_missing(town: Town, changes, missing):
    with_code = replace(town.round, code_required=True)
    with store.reading() as session, pytest.raises(NotEligible) as refusal:
        roll.require_eligible(session.connection(), replace(town.resident, **changes), with_code)

    assert (refusal.value.reason, refusal.value.age_min, refusal.value.age_max) == (missing, 15, 29)


@pytest.mark.parametrize(("code_required", "queries"), [(True, 1), (False, 0)])
def test_one_query_at_most_tells_who_may_vote(town: Town, code_required, queries):
    asked: list[str] = []
    with store.reading() as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda _c, _cursor, said, *_more: asked.append(said))
        roll.eligibility(session, town.resident, replace(town.round, code_required=code_required))

    assert len(asked) == queries
