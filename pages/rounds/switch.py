"""The switch of rounds on pages for everyone: one line that unfolds to the same page of other rounds."""

from __future__ import annotations

from core import rounds
from core.rounds import Round
from pages.parts import templates, visit
from pages.parts.i18n import _
from pages.parts.links import Link, to

MOST = 8


def offer(path: str, round_: Round) -> None:
    """Draw the switch on the page at `path`, which shows `round_`; nothing where there is no other round."""
    with visit.reading() as session:
        others = [one for one in rounds.rounds(session, visit.visitor()) if one.id != round_.id and not one.draft]
    if not (others or round_.imported):
        return
    links = [Link(to(path, round=one.slug), templates.told(one.titles)) for one in others[:MOST]]
    here = templates.told(round_.titles)
    templates.draw("rounds/switch.html", here=here, links=[*links, Link("/rounds", _("All rounds"))])


def where(round_: Round, *, is_open: str) -> Round | None:
    """Return another round of the town that is in the phase `is_open` now, None if there is none."""
    with visit.reading() as session:
        known = rounds.rounds(session, visit.visitor())
    fit = (one for one in known if one.id != round_.id and not (one.draft or one.voided_at))
    return next((one for one in fit if one.phase(visit.at()) == is_open), None)
