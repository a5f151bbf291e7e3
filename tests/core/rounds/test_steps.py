"""The order of closing: each step has its place, and what is not done yet comes next."""

from datetime import timedelta

from core import clock
from core.rounds import steps
from core.rounds.steps import Step
from db import tables


def test_the_places_of_the_steps():
    assert [steps.place(step) for step in steps.ORDER] == [1, 2, 3, 4, 5, 6, 7]
    assert steps.place(Step.objection) == steps.place(Step.anonymise) == 7
    assert steps.place(Step.done) == 8


def test_a_step_comes_after_the_other():
    now = clock.now()
    row = tables.Round(slug="x", municipality_id=1, age_on=now.date(), created_at=now)
    found = []
    for name, done in (
        ("closed_at", now), ("randomness", "6241362415"), ("opened_at", now), ("turnout", {}), ("counted_at", now),
        ("result_published_at", now), ("keep_until", now + timedelta(days=14)),
    ):  # fmt: skip
        found.append(steps.step_of(row, now))
        setattr(row, name, done)

    assert found == ["close", "randomness", "opening", "turnout", "count", "publish", "objection"]
    assert steps.step_of(row, now + timedelta(days=14)) is Step.anonymise
    row.anonymised_at = now
    assert steps.step_of(row, now) is Step.done
