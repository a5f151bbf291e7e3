"""Currencies: how many digits the minor unit of each has. Source: ISO 4217, list one, of 2024.

Amounts are kept in minor units everywhere, so whoever reads or writes one has to ask here.
"""

from collections.abc import Mapping
from types import MappingProxyType

_CODES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DIGITS: Mapping[str, int] = MappingProxyType(
    {code: digits for digits, codes in _CODES.items() for code in codes.split()}
)


def digits(currency: str) -> int:
    """Return the number of digits after the mark, 2 for what is not known: EUR 2, JPY 0, KWD 3."""
    return _DIGITS.get(currency, 2)
