"""What was published last of a round's tally, remembered beside its keys: a restart must not show another selection.

Two selections of the same voters that differ in a few would show how those few voted.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.tally._running import Running
from core.trust import keys

NAME = "published"


@dataclass(frozen=True, slots=True)
class Published:
    """A tally as it was shown, and which leaves were known then; `held`: those known but kept back."""

    slug: str
    ballots: int
    supports: tuple[tuple[str, int], ...]
    as_of: datetime
    position: int
    pending: frozenset[str]
    held: frozenset[str]

    def shows(self, commitment: bytes, earlier: frozenset[bytes]) -> bool:
        """Return whether a ballot was in it; `earlier`: the leaves before `position`."""
        name = commitment.hex()
        return name not in self.held and (name in self.pending or commitment in earlier)


def write(round_id: int, what: Published) -> None:
    """Remember what is about to be shown."""
    told = {
        "slug": what.slug, "ballots": what.ballots, "supports": what.supports, "as_of": what.as_of.isoformat(),
        "position": what.position, "pending": sorted(what.pending), "held": sorted(what.held),
    }  # fmt: skip
    keys.remember(round_id, NAME, json.dumps(told, ensure_ascii=False))


def read(round_id: int, slug: str) -> Published | None:
    """Return what was shown last, None if nothing was."""
    found = keys.remembered(round_id, NAME)
    told = json.loads(found) if found else {}
    if told.get("slug") != slug:
        return None
    return Published(
        slug, told["ballots"], tuple((code, number) for code, number in told["supports"]),
        datetime.fromisoformat(told["as_of"]), told["position"], frozenset(told["pending"]), frozenset(told["held"]),
    )  # fmt: skip


def resume(
    running: Running, found: Iterable[tuple[str, int, bytes, str | None]], last: Published, earlier: frozenset[bytes]
) -> None:
    """Bring a fresh tally to where the one stood that was shown last, with all that came later.

    Only voters who are new since then can be kept back again: what others had chosen before is no longer known.
    """
    for slot_id, revision, commitment, text in found:
        running.put(slot_id, revision, text, commitment)
        if revision > 1 or last.shows(commitment, earlier):
            running.take_one(slot_id)
