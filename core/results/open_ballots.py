"""The ballots of a published result as a .pb file: sorted, and with nothing about those who cast them.

Of a round that was closed here it is, byte for byte, the file of that name in the bundle.
"""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from core.ballots.types import TYPES
from core.counting.election import Instance, Profile
from core.counting.pabulib.writing import money, write_counted
from core.currencies import digits
from core.municipalities import Municipality
from core.results._counting import Result
from core.rounds import Round
from core.texts import ENGLISH


def as_file(round_: Round, town: Municipality, result: Result, instance: Instance, profile: Profile) -> str:
    """Return the text of the file. The same result always gives the same file."""
    return write_counted(instance, profile, head(round_, town), result.allocation)


def head(round_: Round, town: Municipality) -> dict[str, str]:
    """Return what the file of a round says of it: where and when it was. What an imported one said of itself stays."""
    own = {
        "description": _plain(round_.titles.in_(town.language)),
        "country": town.country,
        "unit": _plain(town.names.in_(ENGLISH, town.language)),
        "instance": round_.slug,
        "date_begin": _day(round_, round_.dates.voting_from),
        "date_end": _day(round_, round_.dates.voting_until),
        "language": round_.titles.spoken(town.language),
        "currency": round_.currency,
    }
    if TYPES[round_.ballot.type].numbered:
        lengths = {"min_length": round_.ballot.min_choices, "max_length": round_.ballot.max_choices}
        own |= {name: str(length) for name, length in lengths.items() if length}
    if TYPES[round_.ballot.type].budgeted:
        own["max_sum_cost"] = money(round_.budget, 10 ** digits(round_.currency))
    known = (round_.source or {}).get("meta", {}) if round_.imported else {}
    return own | {str(key): str(value) for key, value in known.items() if value}


def _day(round_: Round, moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(round_.timezone)).strftime("%d.%m.%Y")


def _plain(text: str) -> str:
    """Return the text in one line without the sign that separates cells."""
    return re.sub(r"[\s;]+", " ", text).strip()
