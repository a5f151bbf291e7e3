"""The digits of a currency are one fact: whoever reads, counts or writes an amount gets the same."""

import pytest

from core import currencies
from core.counting import pabulib
from pages.parts import i18n, money

FILE = """META
key;value
description;One
country;Somewhere
unit;Town
instance;2026
num_projects;1
num_votes;1
budget;100
vote_type;approval
rule;greedy
currency;{currency}
PROJECTS
project_id;cost
a;50
VOTES
voter_id;vote
1;a
"""


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("RSD", 2), ("KWD", 3), ("CLF", 4), ("", 2)])
def test_the_digits_of_a_currency(currency: str, digits: int):
    assert currencies.digits(currency) == digits


@pytest.mark.parametrize(
    ("currency", "unit", "text"),
    [("EUR", 100, "€12,345.60"), ("RSD", 100, "RSD12,345.60"), ("JPY", 1, "JP¥1,234,560")],
)
def test_a_file_and_a_page_take_the_same_unit(currency: str, unit: int, text: str):
    assert pabulib.read(FILE.format(currency=currency).encode()).instance.unit == unit
    with i18n.speaking("en"):
        assert money.text(1_234_560, currency).replace("\u00a0", " ") == text
        assert 10 ** int(money.pieces(currency)["digits"]) == unit


def test_an_amount_with_three_digits_is_written_with_three():
    with i18n.speaking("bg"):
        assert money.text(12_345, "KWD").replace("\u00a0", " ") == "12,345 KWD"
        assert money.text(12_000, "KWD").replace("\u00a0", " ") == "12 KWD"


@pytest.mark.parametrize(
    ("language", "currency", "amounts", "written"),
    [
        # Of sprintf: grouped by the sign behind the apostrophe, with no more decimals than there are.
        ("bg", "EUR", [9_600_00, 24_500_00], "%'\u00a0,f\u00a0€"),
        ("en", "EUR", [9_600_00, 24_500_00], "€%',,f"),
        ("bg", "JPY", [9_600], "%'\u00a0,f\u00a0JPY"),
        ("bg", "EUR", [], "%'\u00a0,f\u00a0€"),
        ("bg", "EUR", [9_600_00, 24_500_50], "euro"),
        ("bg", "RSD", [24_500_50], "localized"),
    ],
)
def test_a_cell_reads_like_the_same_amount_elsewhere(language: str, currency: str, amounts: list[int], written: str):
    with i18n.speaking(language):
        assert money.cells(amounts, currency) == written


@pytest.mark.parametrize(
    ("amount", "currency", "into", "found"),
    [
        (195583, "BGN", "EUR", 100_000), (100_000, "EUR", "BGN", 195583), (1, "BGN", "EUR", 1), (1, "EUR", "BGN", 2),
        (150_000, "BGN", "EUR", 76_694), (100, "USD", "EUR", None), (100, "EUR", "EUR", None),
    ],
)  # fmt: skip
def test_levs_and_euro_are_converted_by_the_fixed_rate_to_the_nearest_cent(amount, currency, into, found):
    assert currencies.converted(amount, currency, into) == found
