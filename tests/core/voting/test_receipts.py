"""A receipt number survives being typed by hand, in either alphabet."""

import re

import pytest

from core.letters import latin
from core.store import reading, transaction
from core.trust import waiting
from core.voting import receipts
from tests.helpers import boxes


def test_there_are_1024_short_words_that_differ_in_both_alphabets():
    words = receipts.words()
    assert len(words) == len(set(words)) == 1_024
    assert all(re.fullmatch("[а-я]{3,5}", word) for word in words)
    assert len({latin(word) for word in words}) == 1_024


def test_a_number_is_digits_word_digits_word():
    numbers = {receipts.new_number() for _ in range(500)}
    assert len(numbers) == 500
    assert all(re.fullmatch(r"[1-9]\d-[А-Я]{3,5}-[1-9]\d\d-[А-Я]{3,5}", number) for number in numbers)


@pytest.mark.parametrize(
    "typed",
    [
        "47-КЛЕН-309-РЕКА",
        "47 клен 309 река",
        " 47–Klen–309–reka ",
        "47klen309РЕКА",
        "47_клен_309_REKA.",
        "47-КЛEH-309-PEKA",
        "47-КлЕн-309-rеka",
    ],
)
def test_a_number_is_understood_however_it_is_typed(typed):
    assert receipts.normal(typed) == "47-КЛЕН-309-РЕКА"


@pytest.mark.parametrize("typed", ["", "47", "47-КЛЕН-309", "47-КЛЕН-309-ХХХХ", "КЛЕН-47-309-РЕКА", "1-" * 5_000])
def test_what_is_no_number_is_none(typed):
    assert receipts.normal(typed) is None


def test_every_number_can_be_said_in_latin_and_back():
    for _ in range(500):
        number = receipts.new_number()
        assert receipts.in_latin(number).isascii()
        assert receipts.normal(receipts.in_latin(number)) == number


def test_a_receipts_number_leads_to_its_commitment_in_its_round_only(town):
    other = boxes.round_in_voting(town)
    made = boxes.cast(town, town.resident, ["p01"])
    with reading() as session:
        for typed in (made.number, made.latin.lower(), made.number.replace("-", " ")):
            assert receipts.commitment_of(session, town.round.id, typed) == made.commitment
        assert receipts.commitment_of(session, other.id, made.number) is None
        assert receipts.commitment_of(session, town.round.id, "no number") is None


def test_a_number_is_free_until_somebody_of_the_round_has_it(town):
    made, other = boxes.cast(town, town.resident, ["p01"]), boxes.round_in_voting(town)

    def free(round_id: int) -> bool:
        with transaction() as session:
            box = waiting.hold(session.connection(), round_id)
            return receipts.is_free(session.connection(), box, made.number)

    assert (free(town.round.id), free(other.id)) == (False, True)
    with transaction() as session:
        waiting.empty(session.connection(), town.round.id)
    # Out of the box it is in its table.
    assert (free(town.round.id), free(other.id)) == (False, True)
