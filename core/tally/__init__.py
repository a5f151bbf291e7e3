"""From the box to numbers, while people vote. Used by its name: `tally.live`.

May import: the ground, `counting`, `trust`, `rounds`.
Begin with: `_live`.
"""

from core.tally._feeds import newest
from core.tally._live import LiveTally, Turnout, forget, live, settle, turnout
from core.tally._running import Running
from core.tally._visibility import visible

__all__ = [
    "LiveTally",
    "Running",
    "Turnout",
    "forget",
    "live",
    "newest",
    "settle",
    "turnout",
    "visible",
]
