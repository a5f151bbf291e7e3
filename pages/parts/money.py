"""Money: minor units (int) to text and back. No other module writes an amount."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextvars import ContextVar
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, get_currency_symbol, get_decimal_symbol

from core import currencies
from core.errors import Invalid
from pages.parts.i18n import _, locale, plain_spaces

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’]")
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+")
_THREE = re.compile(r"(?<![\d.,])\d{1,3}[.,]\d{3}(?![\d.,])")
_AMOUNT = re.compile(r"(?P<whole>\d+|\d{1,3}(?:,\d{3})+(?=\.)|\d{1,3}(?:\.\d{3})+(?=,))(?:[.,](?P<part>\d{1,2}))?")


# What stands around the number; what is no sign of a currency there makes it no amount.
_WRITTEN = re.compile(r"(?P<before>[^\d.,-]+\.?)?(?P<number>[\d.,]*\d)?(?P<after>[^\d,-]+)?", re.ASCII)
# As people here write them, without the full stop of an abbreviation.
_WORDS = {
    "EUR": "€ euro euros евро", "BGN": "лв лева лев lv leva lev", "USD": "$ us$", "GBP": "£", "PLN": "zł zl",
    "CZK": "kč kc", "JPY": "¥", "HUF": "ft", "RON": "lei leu", "CHF": "fr", "SEK": "kr", "DKK": "kr",
}  # fmt: skip

_currency: ContextVar[str] = ContextVar("currency", default="EUR")


def use_currency(code: str) -> None:
    """Let sentences about amounts speak of this currency in this run or request."""
    _currency.set(code)


def currency() -> str:
    """Return the currency of the round that this run or request is about."""
    return _currency.get()


def text(amount: int, currency: str) -> str:
    """Return an amount in minor units as text: `60 000 €`, `19,50 €`; whole units go without decimals."""
    return _text(amount, currency, locale())


@lru_cache(maxsize=4096)
def _text(amount: int, currency: str, spoken: Locale) -> str:
    """Return it in a language; a ballot of fifty projects has fifty amounts, the same ones for everyone."""
    digits = currencies.digits(currency)
    value = Decimal(amount).scaleb(-digits)
    part = "" if value == value.to_integral_value() else "." + "0" * digits
    pattern = re.sub(r"\.0+", part, spoken.currency_formats["standard"].pattern.split(";")[0])
    return plain_spaces(format_currency(value, currency, format=pattern, locale=spoken, currency_digits=False))


def limits(least: int | None, most: int | None, currency: str) -> tuple[str, str]:
    """Return two limits in minor units as text, "" for one that is open."""
    return tuple("" if one is None else text(one, currency) for one in (least, most))  # type: ignore[return-value]


def plain(amount: int, currency: str) -> str:
    """Return an amount as a person would type it into a field: `60000`, `19,50`."""
    digits = currencies.digits(currency)
    whole, part = divmod(amount, 10**digits)
    mark = get_decimal_symbol(locale())
    return f"{whole}{mark}{part:0{digits}}" if part else str(whole)


def read_as(typed: str, amount: int, currency: str) -> str:
    """Return how an amount was read that has one mark, before exactly three digits, and may mean another; "" else."""
    if not _THREE.search(_SPACES.sub("", typed)):
        return ""
    return _("{typed} is read as {amount}.", typed=typed.strip(), amount=text(amount, currency))


def pieces(currency: str) -> dict[str, str | int]:
    """Return how an amount is written here, in the pieces from which the browser writes others."""
    digits = currencies.digits(currency)
    before, middle, after = re.fullmatch(r"(\D*)(\d.*\d)(\D*)", text(1_234_567 * 10**digits, currency)).groups()  # type: ignore[union-attr]
    mark = re.search(r"7(\D)8", text(1_234_567 * 10**digits + 89, currency)) if digits else None
    return {
        "digits": digits,
        "before": before,
        "after": after,
        "group": middle[1],
        "decimal": mark[1] if mark else "",
    }


def cells(amounts: Iterable[int], currency: str) -> str:
    """Return the format of a column of cells that `major` made, so that they read as `text` writes them.

    Whole amounts only: a format knows no decimal mark but the point, so where one has cents the browser writes the
    column, in its own language and way.
    """
    if any(amount % 10 ** currencies.digits(currency) for amount in amounts):
        return "euro" if currency == "EUR" else "localized"
    found = pieces(currency)
    return f"{found['before']}%'{found['group']},f{found['after']}"


def major(amount: int, currency: str) -> float:
    """Return an amount in whole units, for cells of a table that are sorted and typed into: 1950 → 19.5."""
    return float(Decimal(amount).scaleb(-currencies.digits(currency)))


def minor(value: float, currency: str) -> int:
    """Return the minor units of what was typed into such a cell, the half upwards: 19.5 → 1950."""
    return int(Decimal(str(value)).scaleb(currencies.digits(currency)).to_integral_value(ROUND_HALF_UP))


def exact(amount: int, currency: str) -> str:
    """Return an amount in minor units with all its decimals: `1 000,00 €`."""
    said = format_currency(Decimal(amount).scaleb(-currencies.digits(currency)), currency, locale=locale())
    return plain_spaces(re.sub(r"(?<=[A-Z])(?=\d)", "\u00a0", said))


def parse(typed: str, currency: str, *, field: str = "amount") -> int:
    """Return the minor units that `typed` means: 1234,56 · 1 234,56 · 1.234,56 · 60 000 €. Else raise Invalid.

    Money has no third decimal, so a mark before exactly three digits separates thousands. Of an amount in another
    currency Invalid tells the `sign` and `amount`, its currency and minor units, and what it is `into` this one, None
    where no rate is fixed by law.
    """
    found = _WRITTEN.fullmatch(_SPACES.sub("", typed))
    if found is None:
        raise Invalid(field=field, problem="number")
    signs = {_sign(sign, currency) for sign in (found["before"], found["after"]) if sign}
    if not found["number"]:
        raise Invalid(field=field, problem="required" if signs <= {currency} else "number")
    if None in signs or len(signs) > 1:
        raise Invalid(field=field, problem="number")
    meant = signs.pop() if signs else currency
    amount = _minor(found["number"], currencies.digits(meant or currency))
    if amount is None:
        raise Invalid(field=field, problem="number")
    if meant and meant != currency:
        into = currencies.converted(amount, meant, currency)
        raise Invalid(field, "currency", sign=meant, amount=amount, into=into, currency=currency)
    return amount


def _sign(written: str, currency: str) -> str | None:
    """Return the code of the currency that this sign or word stands for, None if it is none."""
    bare = written.casefold().rstrip(".")
    symbol = get_currency_symbol(currency, locale=locale()).casefold().rstrip(".")
    own = {symbol, currency.casefold(), *_WORDS.get(currency, "").split()}
    if bare in own:
        return currency
    return next((code for code, words in _WORDS.items() if bare in (code.casefold(), *words.split())), None)


def _minor(written: str, digits: int) -> int | None:
    """Return the minor units of a number with so many decimals, None if it is no amount."""
    bare = re.sub(r"[.,]", "", written) if _GROUPED.fullmatch(written) else written
    found = _AMOUNT.fullmatch(bare)
    if found is None or len(bare) > 18 or (found["part"] and len(found["part"]) > digits):
        return None
    part = (found["part"] or "0").ljust(digits, "0")
    return int(f"{re.sub(r'[.,]', '', found['whole'])}{part[:digits]}")
