"""What rows of a round say is told as it is signed: numbers as they are, words as hashes."""

from __future__ import annotations

import pytest

from core.errors import NotFound
from core.store import reading
from core.trust import notes, rows
from tests.helpers import boxes


def test_costs_and_limits_are_told_as_they_are_and_words_by_their_hash(town):
    with reading() as session:
        connection = session.connection()
        row, told = rows.round_of(connection, town.round.id), rows.said(connection, town.round.id)

    assert (row.slug, told["round"]) == (town.round.slug, town.round.slug)
    assert told["budget"] == 9_000_00 and told["order"] == ["p01", "p02", "p03", "p04", "p05"]
    assert {code: each["cost"] for code, each in told["projects"].items()}["p02"] == 2_000_00
    ((title,),) = boxes.rows("SELECT title FROM project WHERE code = 'p02'")
    assert told["projects"]["p02"]["title"] != str(title) and len(told["projects"]["p02"]["title"]) == 64
    assert "Проект" not in notes.canonical(told)


def test_a_round_that_is_not_there_says_nothing(town):
    with reading() as session:
        assert rows.round_of(session.connection(), 999) is None
        with pytest.raises(NotFound):
            rows.said(session.connection(), 999)


def test_why_projects_were_withdrawn_is_told_of_those_that_were(town):
    boxes.cast(town, town.resident, ["p01"])
    boxes.withdraw_project(town, town.round.id, "p05", town.at, reason="Няма разрешение")

    with reading() as session:
        assert rows.reasons(session.connection(), town.round.id) == {"p05": "Няма разрешение"}
        assert rows.reasons(session.connection(), 999) == {}
