"""True throws and values written in another form than their source demands, by a server that signs what follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.audit.bundle import OpenedRound
from tests.helpers import bundles
from tests.helpers.forgeries import Files, drawn_again, values_changed

BEACON = "beacon: drand quicknet, round 12345678"


def spelled(randomness: str, source: str = "dice") -> Callable[[OpenedRound], Files]:
    """Return a draw that was written otherwise; the order of ties and the outcome follow from what is written."""
    return values_changed(lambda values: drawn_again(replace(values, randomness=randomness, randomness_source=source)))


# All of them are caught by the check of the draw.
SPELLINGS: dict[str, Callable[[OpenedRound], Files]] = {
    "spaces": spelled("6 2 4 1 3 6 2 4 1 5"),
    "commas": spelled("6,2,4,1,3,6,2,4,1,5"),
    "one die": spelled("6"),
    "eleven": spelled("62413624151"),
    "nothing": spelled(""),
    "no die": spelled("7241362415"),
    "other figures": spelled("٦٢٤١٣٦٢٤١٥"),
    "a value for dice": spelled("5e1f" * 8),
    "throws for a beacon": spelled(bundles.DICE, BEACON),
    "capitals": spelled("5E1F" * 8, BEACON),
    "longer": spelled("5e1f" * 9, BEACON),
    "shorter": spelled("5e1f" * 7, BEACON),
    "prefix": spelled("0x" + "5e1f" * 8, BEACON),
    "no source": spelled(bundles.DICE, ""),
    "dice in words": spelled(bundles.DICE, "Dice at the meeting"),
    "no name": spelled("5e1f" * 8, "beacon: "),
    "spaced name": spelled("5e1f" * 8, "beacon:  drand"),
}
