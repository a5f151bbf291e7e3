"""Languages, money and dates in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from markupsafe import Markup

from core.errors import Invalid
from pages.parts import cookies, dates, i18n, money, refusals, templates

CLOSE = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)


def test_texts_fall_back_to_english():
    with i18n.speaking("bg"):
        assert i18n._("Ideas") == "Идеи"
        assert i18n._("A text that nobody translated") == "A text that nobody translated"
    with i18n.speaking("en"):
        assert i18n._("Ideas") == "Ideas"


@pytest.mark.parametrize(("count", "told"), [(1, "1 ден"), (2, "2 дни"), (21, "21 дни"), (1248, "1\u00a0248 дни")])
def test_plurals_and_thousands(count: int, told: str):
    with i18n.speaking("bg"):
        assert i18n.n_("{count} day", "{count} days", count) == told


@pytest.mark.parametrize(
    ("amount", "bulgarian", "english"),
    [
        (60_000_00, "60\u00a0000\u00a0€", "€60,000"),
        (500_00, "500\u00a0€", "€500"),
        (1_234_56, "1\u00a0234,56\u00a0€", "€1,234.56"),
        (0, "0\u00a0€", "€0"),
    ],
)
def test_money(amount: int, bulgarian: str, english: str):
    with i18n.speaking("bg"):
        assert money.text(amount, "EUR") == bulgarian
    with i18n.speaking("en"):
        assert money.text(amount, "EUR") == english


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1500", 150_000), ("1234,56", 123_456), ("1 234,56", 123_456), ("1\u00a0234.56", 123_456),
        ("1.234,56", 123_456),
        ("1,234.56", 123_456), ("60,000", 6_000_000), ("60.000", 6_000_000), ("60 000 €", 6_000_000),
        ("€60,000", 6_000_000),
        ("9,5", 950), ("1.234.567", 123_456_700),
    ],
)  # fmt: skip
def test_typed_amounts(typed: str, amount: int):
    for language in i18n.known():
        with i18n.speaking(language):
            assert money.parse(typed, "EUR") == amount


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [
        ("1 500 лв", "BGN", 150_000), ("1 500 лв.", "BGN", 150_000), ("1.500лв.", "BGN", 150_000),
        ("лв 19,50", "BGN", 1_950), ("300 lv", "BGN", 30_000), ("bgn 300", "BGN", 30_000), ("300 ЛЕВА", "BGN", 30_000),
        ("60 000 евро", "EUR", 6_000_000), ("60 000 EUR", "EUR", 6_000_000), ("eur 5", "EUR", 500),
        ("1 000 zł", "PLN", 100_000), ("100 kr", "SEK", 10_000), ("100 kr.", "DKK", 10_000), ("¥500", "JPY", 500),
    ],
)  # fmt: skip
def test_amounts_may_name_their_own_currency(typed: str, currency: str, amount: int):
    for language in i18n.known():
        with i18n.speaking(language):
            assert money.parse(typed, currency) == amount


@pytest.mark.parametrize(
    ("typed", "currency", "language", "told"),
    [
        ("1 955,83 лв.", "EUR", "bg", "Сумите са в евро: 1 955,83 лв. са 1 000,00 €"),
        ("1955.83лв", "EUR", "en", "Amounts are in euro: BGN 1,955.83 is €1,000.00"),
        ("1500 лева", "EUR", "bg", "Сумите са в евро: 1 500,00 лв. са 766,94 €"),
        ("€1000", "BGN", "bg", "Сумите са в левове: 1 000,00 € са 1 955,83 лв."),
        ("1000 EUR", "BGN", "en", "Amounts are in leva: €1,000.00 is BGN 1,955.83"),
        ("5 $", "EUR", "en", "Amounts are in euro, and US$5.00 is not. Work it out and type it again."),
        ("5 usd", "EUR", "bg", "Сумите са в евро, а 5,00 щ.д. не е. Пресметни я и я напиши пак."),
    ],
)
def test_an_amount_in_another_currency_is_refused_with_what_it_is(typed: str, currency: str, language: str, told: str):
    with i18n.speaking(language), pytest.raises(Invalid) as refused:
        money.parse(typed, currency, field="cost")

    assert (refused.value.field, refused.value.problem) == ("cost", "currency")
    with i18n.speaking(language):
        assert refusals.sentence(refused.value).replace("\u00a0", " ") == told


@pytest.mark.parametrize("typed", ["5 abc", "€ 5 лв", "5.", "лв", "много", "-5", "1,2345", "12e3", "1.2.3", "9" * 30])
def test_what_is_no_amount_is_refused(typed: str):
    with pytest.raises(Invalid) as refused:
        money.parse(typed, "EUR")
    assert refused.value.problem == "number"


@pytest.mark.parametrize(
    ("language", "typed", "said"),
    [
        ("bg", "12.000", "12.000 се чете като 12 000 €."),
        ("en", "12.000", "12.000 is read as €12,000."),
        ("en", "12,000 €", "12,000 € is read as €12,000."),
        ("en", "12 000", ""),
        ("en", "12.00", ""),
        ("en", "1.234.567", ""),
        ("en", "1.234,56", ""),
    ],
)
def test_three_digits_after_a_mark_are_told(language: str, typed: str, said: str):
    with i18n.speaking(language):
        assert money.read_as(typed, money.parse(typed, "EUR"), "EUR").replace("\xa0", " ") == said


def test_an_empty_amount_is_missing():
    with pytest.raises(Invalid) as refused:
        money.parse(" ", "EUR", field="cost")
    assert (refused.value.field, refused.value.problem) == ("cost", "required")


def test_what_is_typed_comes_back():
    for language in i18n.known():
        with i18n.speaking(language):
            assert all(
                money.parse(money.plain(each, "EUR"), "EUR") == each for each in (0, 5, 150, 1_234_56, 60_000_00)
            )


def test_dates_in_words():
    with i18n.speaking("bg"):
        assert dates.moment(CLOSE) == "29 ноември, 20:00\u00a0ч."
        assert dates.day(CLOSE, year=True) == "29 ноември 2026\u00a0г."
        assert dates.span(date(2026, 11, 16), date(2026, 11, 29)) == "16–29 ноември"
        assert dates.span(date(2026, 9, 14), date(2026, 10, 2)) == "14 септември – 2 октомври"
    with i18n.speaking("en"):
        assert dates.moment(CLOSE) == "29 November, 20:00"
        assert dates.day(CLOSE, year=True) == "29 November 2026"


def test_the_end_of_a_period_is_excluded():
    # Midnight in Sofia; the period ends with the day before.
    midnight = datetime(2026, 9, 30, 21, 0, tzinfo=UTC)
    with i18n.speaking("bg"):
        assert dates.span(datetime(2026, 8, 31, 21, 0, tzinfo=UTC), midnight) == "1–30 септември"
        assert dates.until(midnight) == "30 септември, 23:59\u00a0ч."


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (timedelta(days=7, hours=3, minutes=10), "7 дни 3 ч"), (timedelta(days=1), "1 ден"),
        (timedelta(hours=23, minutes=30), "23 ч 30 мин"),
        (timedelta(seconds=5), "1 мин"), (timedelta(0), ""),
    ],
)  # fmt: skip
def test_countdown(left: timedelta, told: str):
    with i18n.speaking("bg"):
        assert dates.countdown(CLOSE, at=CLOSE - left) == told


@pytest.mark.parametrize(
    ("kept", "accepted", "chosen"),
    [
        ({}, "", "bg"), ({}, "en-US,en;q=0.9", "en"), ({}, "de,fr", "bg"), ({"lang": "en"}, "bg", "en"),
        ({"lang": "xx"}, "bg", "bg"),
        ({}, "de;q=0.9,bg;q=0.5,en;q=0.1", "bg"), ({}, "*;q=;,,", "bg"),
    ],
)  # fmt: skip
def test_which_language(kept: dict[str, str], accepted: str, chosen: str):
    assert cookies.language(kept, accepted) == chosen


def test_templates_escape_what_people_write():
    with i18n.speaking("bg"):
        made = templates.environment().from_string("{{ _('This page is only for these roles: {roles}.', roles=x) }}")
        assert "&lt;script&gt;" in made.render(x="<script>")
        assert "<b>" in made.render(x=Markup("<b>a</b>"))


def test_shares():
    with i18n.speaking("bg"):
        assert templates.percent(0.195) == "19,5\u00a0%"
    with i18n.speaking("en"):
        assert templates.percent(0.195) == "19.5%"
