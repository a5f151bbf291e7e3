"""Extending: published dates move later only. The end of voting may, also when it has passed, as long as nobody knows.

A server that was down at the closing hour takes the last votes of nobody. So two people may open voting again, with a
public reason – but not once what the projects have was shown for all ballots, for then people would vote, or prolong,
knowing how it stands. It was shown where a live tally moves with every ballot, or has caught up with the box; where the
box was closed, which makes the tally exact; where the ballots were opened, and where they were counted.
"""

import json
from datetime import datetime

from sqlmodel import Session

from core.errors import FiguresShown, Invalid, Locked
from core.phases import Dates
from core.rounds._values import Round
from core.trust import keys, waiting
from db.engine import database_now

_DATES = tuple(Dates.__dataclass_fields__)
# What may be moved although it has passed: the end of voting, and what is only planned after it.
_REVIVED = frozenset({"voting_until", "results_on", "implementation_from"})


def fixed(round_: Round, at: datetime) -> frozenset[str]:
    """Return the names of the dates that nobody can move any more; what had no date yet may get one."""
    passed = {name for name in _DATES if (date := getattr(round_.dates, name)) is not None and date <= at}
    return frozenset(passed - (_REVIVED - {"voting_until"} if _final(round_, at) else _REVIVED))


def check(session: Session, round_: Round, new: Dates) -> None:
    """Refuse to move a published date forward, or one that is history, by the database's clock.

    Raises Locked, Invalid of a date and "only_later", or FiguresShown.
    """
    now, old = database_now(session), round_.dates
    for name in _DATES:
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        if name not in _REVIVED and before is not None and before <= now:
            raise Locked(what=name, since=before)
        if after is None or (before is not None and after < before) or after <= now:
            raise Invalid(name, "only_later", than=max(before, now) if before else now)
    if new.voting_until != old.voting_until and (_final(round_, now) or _caught_up(session, round_, now)):
        raise FiguresShown


def _final(round_: Round, at: datetime) -> bool:
    """Return whether the round says by itself that the figures of all ballots are known, or can be."""
    if any((round_.closed_at, round_.opened_at, round_.counted_at, round_.voided_at)):
        return True
    return at >= round_.dates.voting_until and round_.visibility == "live" and round_.tally_step <= 1


def _caught_up(session: Session, round_: Round, now: datetime) -> bool:
    """Return whether the last tally that was shown of a vote that is over held as many ballots as there are."""
    if round_.visibility != "live" or now < round_.dates.voting_until:
        return False
    shown = json.loads(keys.remembered(round_.id, "published") or "{}")
    if shown.get("slug") != round_.slug:
        return False
    return bool(shown["ballots"] >= waiting.ballots(session.connection(), round_.id))
