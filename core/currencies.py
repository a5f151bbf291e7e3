"""Currencies: how many digits the minor unit of each has. Source: ISO 4217, list one, of 2024.

Amounts are kept in minor units everywhere, so whoever reads or writes one has to ask here.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import floor
from types import MappingProxyType

_CODES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DIGITS: Mapping[str, int] = MappingProxyType(
    {code: digits for digits, codes in _CODES.items() for code in codes.split()}
)


# Fixed by law for good: so many levs are one euro, (EU) 2025/1409.
LEVS = Fraction(195583, 100_000)


def converted(amount: int, currency: str, into: str) -> int | None:
    """Return an amount of minor units in another currency, the half upwards; None where no rate is fixed by law."""
    rates = {("BGN", "EUR"): 1 / LEVS, ("EUR", "BGN"): LEVS}
    rate = rates.get((currency, into))
    return None if rate is None else floor(amount * rate + Fraction(1, 2))


def digits(currency: str) -> int:
    """Return the number of digits after the mark, 2 for what is not known: EUR 2, JPY 0, KWD 3."""
    return _DIGITS.get(currency, 2)
