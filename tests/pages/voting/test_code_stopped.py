"""Whoever voted with a code that was stopped is told so, and not that she has withdrawn her ballot."""

from __future__ import annotations

import pytest

from core import codes
from core.store import transaction
from tests.helpers import boxes, worlds
from tests.pages.conftest import Opener, html

REASON = "Листчетата са откраднати"


def _stopped(town: worlds.Town, slug: str) -> None:
    """Have the resident vote with a code of a batch that two organisers then stop."""
    round_ = boxes.round_in_voting(town, slug, code_required=True)
    with transaction() as session:
        slips = codes.make_batch(session, town.organiser, round_.id, "ПМГ", 3, at=town.at)
        batch = codes.batches(session, town.organiser, round_.id)[-1].id
    boxes.release(town, round_.id, batch, town.at)
    with transaction() as session:
        codes.enter(session, town.resident, round_.id, slips[0], at=town.at)
    boxes.cast(town, town.resident, ["p01"], round_=round_)
    with transaction() as session:
        asked = codes.ask_stop(session, town.organiser, round_.id, batch, at=town.at, reason=REASON)
    with transaction() as session:
        codes.agree_stop(session, town.second_organiser, round_.id, batch, at=town.at, consent=asked.consent)


@pytest.mark.parametrize(
    ("language", "told", "stopped", "do", "wrong"),
    [
        ("en", "The code that you voted with no longer counts, and your ballot has left the box with it.",
         "Two organisers stopped the codes “ПМГ” on", "Ask the organisers for a new code", "our vote is withdrawn"),
        ("bg", "Кодът, с който е подаден гласът ти, вече не важи и бюлетината ти излезе от урната заедно с него.",
         "Двама организатори спряха кодовете „ПМГ“ на", "Поискай нов код от организаторите", "ласът ти е оттеглен"),
    ],
)  # fmt: skip
def test_a_ballot_that_left_with_its_code_is_not_told_as_withdrawn(
    open_app: Opener, town: worlds.Town, language: str, told: str, stopped: str, do: str, wrong: str
):
    _stopped(town, "stopped")

    for script in ("voting/vote_page.py", "people/account_page.py"):
        found = html(open_app(script, town.resident, language, round="stopped"))
        assert told in found and stopped in found and REASON in found and do in found, script
        assert wrong not in found, script
