"""What everyone may know of the participation codes: how many were made, released and stopped, and when."""

from __future__ import annotations

from datetime import datetime

from core.codes import Made
from core.rounds import Round
from pages.parts import dates
from pages.parts.i18n import _, n_, number


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
