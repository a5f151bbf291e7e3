"""What stands in place of the ballot while there is none: before, after, and for elections held elsewhere."""

from __future__ import annotations

from datetime import datetime

from core.permissions import Phase
from core.rounds import Round
from pages.parts import dates
from pages.parts.i18n import _
from pages.parts.links import Link, here

_BEFORE = (Phase.preparation, Phase.ideas, Phase.review)


def closed(round_: Round, *, at: datetime) -> dict[str, object]:
    """Return the values of `vote_closed.html`: why nobody votes now."""
    title, text, links = _words(round_, at)
    return {"title": title, "text": text, "links": links}


def _words(round_: Round, at: datetime) -> tuple[str, str, tuple[Link, ...]]:
    results = Link(here("/results"), _("See the results"))
    if round_.voided_at:
        text = round_.void_reason or _("The organisers stopped it. Its ballots are not counted.")
        return _("This round is void."), text, (Link("/", _("Home")),)
    if round_.imported:
        text = _("This election was held elsewhere. Here you can follow how it is counted.")
        return _("You cannot vote here"), text, (results,)
    if round_.phase(at) in _BEFORE:
        date = dates.moment(round_.dates.voting_from, zone=round_.timezone)
        text = _("Voting starts on {date}.", date=date)
        return _("The ballot is not open yet"), text, (Link(here("/ideas"), _("See the ideas")), Link("/", _("Home")))
    text = _("Voting closed on {date}.", date=dates.until(round_.dates.voting_until, zone=round_.timezone))
    if round_.phase(at) is Phase.counting:
        results = Link(here("/results"), _("See what happens next"))
    return _("The ballot is closed"), text, (results, Link("/board", _("Check your receipt")))


def nothing_to_choose() -> dict[str, object]:
    """Return the words for a ballot without projects."""
    return {
        "icon_name": "ballot",
        "title": _("There is nothing on the ballot yet"),
        "text": _("The organisers have not put a project on it. Come back a little later."),
        "links": (Link(here("/ideas"), _("See the ideas")),),
    }
