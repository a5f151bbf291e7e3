"""What everyone may know of the participation codes: how many were made, released and stopped, and when.

And what a voter is told whose code was made void together with her ballot.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.codes import Made
from core.permissions import Action
from core.phases import Phase
from core.rounds import Change, Round
from pages.parts import dates
from pages.parts.i18n import _, ended, n_, number


def of_batch(round_: Round, one: Made) -> str:
    """Return a batch in one line; how many were used only after the close, and where it tells of nobody."""

    def day(at: datetime) -> str:
        return dates.day(at, zone=round_.timezone)

    count = _("1 code in place of another") if one.reissued else n_("{count} code", "{count} codes", one.count)
    found = [count, _("made on {date}", date=day(one.made_at))]
    found.append(_("released on {date}", date=day(one.released_at)) if one.released_at else _("not released"))
    if one.stopped_at:
        found.append(_("stopped on {date}", date=day(one.stopped_at)))
    elif round_.closed_at and one.released_at:
        found.append(_("used: {number}", number=number(one.used)) if one.used is not None else _("use not shown"))
    return ", ".join(found)


def code_gone(round_: Round, changes: Iterable[Change], *, at: datetime) -> str:
    """Return what whoever voted with a void code is told: which batches were stopped and why, and what she can do.

    Nobody can tell which code was hers, so all that were stopped are named.
    """
    found = [_("The code that you voted with no longer counts, and your ballot has left the box with it.")]
    for one in changes:
        if one.action is Action.stop_codes:
            day = dates.day(one.at, zone=round_.timezone)
            label = one.facts["label"]
            found.append(
                _(
                    "Two organisers stopped the codes “{label}” on {date}. Reason: {reason}",
                    label=label, date=day, reason=ended(one.reason),
                )
            )  # fmt: skip
    if round_.phase(at) is Phase.voting:
        until = dates.until(round_.dates.voting_until, zone=round_.timezone)
        found.append(_("Ask the organisers for a new code: with it you can vote again until {until}.", until=until))
    return " ".join(found)
