"""The table of batches: no number that is not known."""

from __future__ import annotations

import pytest

from core import codes
from core.store import reading, transaction
from pages.codes import batches
from pages.parts import i18n
from tests.helpers import boxes, worlds


def view(town: worlds.Town, round_id: int) -> dict:
    with reading() as session:
        return batches.view(codes.batches(session, town.organiser, round_id))


@pytest.fixture
def made(town: worlds.Town) -> int:
    i18n.use("en")
    round_ = boxes.round_in_voting(town, code_required=True)
    with transaction() as session:
        codes.make_batch(session, town.organiser, round_.id, "ПМГ", 12, at=town.at)
    boxes.change("UPDATE code SET spent = TRUE WHERE round_id = :id", id=round_.id)
    return round_.id


def test_after_anonymising_no_number_used_is_claimed(town: worlds.Town, made: int) -> None:
    # As anonymising leaves it: the batch stays, its codes are gone.
    boxes.change("DELETE FROM code WHERE round_id = :id", id=made)

    shown = view(town, made)

    assert "0" not in shown["caption"] and "not known any more" in shown["few"]
    assert [(row["count"], row["used"], row["unused"]) for row in shown["rows"]] == [(12, None, None)]


def test_control_before_it_the_number_is_told(town: worlds.Town, made: int) -> None:
    shown = view(town, made)

    assert shown["caption"] == "12 of 12 codes used" and shown["few"] == ""
