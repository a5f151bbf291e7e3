"""From the last ballot to an open, anonymous box. Used by its name: `closing.close`.

May import: the ground, `trust`, `rounds`, `voting`, `codes`, `tally`.
Begin with: `_course`.
"""

from core.closing._course import Closing, close, draw, keep_opened, keep_turnout, open_ballots, state
from core.closing._doers import Doers, doers
from core.closing._forgetting import anonymise, finish, part
from core.closing._opening import Progress, key_of, opened_or_none, openings, unseal
from core.closing._turnout import LEAST, group, suppressed

__all__ = [
    "Closing",
    "Doers",
    "LEAST",
    "Progress",
    "anonymise",
    "close",
    "doers",
    "draw",
    "finish",
    "group",
    "keep_opened",
    "keep_turnout",
    "key_of",
    "open_ballots",
    "opened_or_none",
    "openings",
    "part",
    "state",
    "suppressed",
    "unseal",
]
