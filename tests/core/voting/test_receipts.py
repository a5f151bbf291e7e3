"""A receipt number survives being typed by hand, in either alphabet."""

import re

import pytest

from core.letters import latin
from core.store import reading, transaction
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


def test_a_number_is_written_once_a_round_and_can_be_taken_back(town):
    other, number = boxes.round_in_voting(town), "47-КЛЕН-309-РЕКА"

    def kept() -> list[tuple[int, bytes]]:
        found = boxes.rows("SELECT round_id, commitment FROM receipt ORDER BY round_id")
        return [(row.round_id, bytes(row.commitment)) for row in found]

    with transaction() as session:
        connection = session.connection()
        assert receipts.write(connection, town.round.id, number, b"a" * 32)
        assert not receipts.write(connection, town.round.id, number, b"b" * 32)
        assert receipts.write(connection, other.id, number, b"c" * 32)
    assert kept() == [(town.round.id, b"a" * 32), (other.id, b"c" * 32)]

    with transaction() as session:
        receipts.erase(session.connection(), town.round.id, number)
        receipts.erase(session.connection(), town.round.id, "48-КЛЕН-309-РЕКА")
    assert kept() == [(other.id, b"c" * 32)]
