"""Live figures on a page: a component that asks a JSON route by itself, without any run of the page."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from core.ballots.types import TYPES
from core.ideas import projects
from core.phases import Phase
from core.rounds import Round
from pages.parts import visit
from pages.parts.components import component
from pages.parts.i18n import _, catalogue, language
from pages.parts.links import to
from pages.parts.packed import packed
from pages.rounds import corrected, rule_words
from pages.tally import figures

SECONDS, SECONDS_IN_A_HALL = 20, 5


def n_(one: str, many: str) -> list[str]:
    """Return both forms unfilled: the browser counts."""
    speaks = catalogue(language())
    return [speaks.ngettext(one, many, number) for number in (1, 2)]


def hero(round_: Round) -> None:
    """Draw countdown, turnout and bars by day; it stands on a deep surface."""
    _draw("hero", round_)


def turnout(round_: Round, *, hall: bool = False) -> None:
    """Draw the same on a deep surface of its own, for rounds that show no more than the turnout."""
    _draw("turnout", round_, hall=hall)


def tally(round_: Round, *, hall: bool = False) -> None:
    """Draw what every project has so far, most first, with the provisional winners marked."""
    with visit.reading() as session:
        listed = projects.projects(session, visit.visitor(), round_.id)
    _draw("tally", round_, hall=hall, projects={one.code: corrected.titled(one) for one in listed})


def _draw(mode: str, round_: Round, *, hall: bool = False, **more: Any) -> None:
    if round_.draft:
        # Figures are for everyone, and of a draft nobody else knows.
        return
    at = visit.at()
    seconds, until = figures.closes_in(round_, at)
    # A replay runs fast, and a hall watches together.
    every = SECONDS_IN_A_HALL if hall or round_.imported else SECONDS
    data = {
        "mode": mode,
        "slug": round_.slug,
        "url": f"/api/rounds/{round_.slug}/live?lang={language()}",
        "lang": language(),
        "every": every,
        "running": round_.phase(at) is Phase.voting,
        "left": seconds,
        "until": until,
        "words": _words(round_.phase(at), every, round_.tally_step) | _about(round_),
        "vote": to("/vote", round=round_.slug) if mode == "tally" and _open(round_, at) else "",
        "rules": to("/rules", round=round_.slug) if mode == "tally" else "",
        "first": json.loads(figures.figures(round_.slug, language()).body),
        **more,
    }
    component("live")(key=f"live-{mode}-{round_.slug}", data=packed(data))


def _words(phase: Phase, every: int, step: int) -> dict[str, str | list[str]]:
    voted = _("voted so far") if phase is Phase.voting else _("have voted")
    return {
        "days": n_("{count} day", "{count} days"),
        "days_hours": _("{days} {hours} h"),
        "hours_minutes": _("{hours} h {minutes} min"),
        "minutes": _("{minutes} min"),
        "voted": voted,
        "nobody": _("Be among the first."),
        "today": _("today: {count}"),
        "table": _("See as a table"),
        "day": _("Day"),
        "votes": _("Votes"),
        "project": _("Project"),
        "support": _("Support"),
        "ahead": _("chosen so far"),
        "caption": _("Support for each project so far, most first"),
        "running": _step_note(step, every),
        "opening": _("The ballots are being opened again. The figures appear here by themselves."),
        "closing": _("Voting is over. The last ballots are added when two people close the round."),
        "empty": _("No ballot is counted yet. The first figures appear here by themselves."),
        "updated": _("updated just now"),
        "updated_ago": n_("updated {count} second ago", "updated {count} seconds ago"),
        "refresh": _("Refresh"),
        "refreshed": _("The figures are up to date."),
        "lost": _("No connection. These are the last figures that arrived."),
        "void": _("This round is void."),
        "final": _("Voting is over and every ballot is in."),
    }


def _open(round_: Round, at: datetime) -> bool:
    return round_.phase(at) is Phase.voting and not round_.imported


def _about(round_: Round) -> dict[str, str]:
    """Return the words on what the numbers are, and why most votes alone do not decide."""
    if rule_words.is_equal_shares(round_.rule):
        why = _(
            "A project with more votes may be left out: each supporter pays from an equal share, and shares run out."
        )
    else:
        why = _("A project with more votes may be left out: from the top down, each one must fit into what is left.")
    return {
        "unit": _("votes") if TYPES[round_.ballot.type].counts_votes else _("points"),
        "why": why,
        "rules_link": _("How we count"),
        "vote_link": _("Go to the ballot"),
    }


def _step_note(step: int, every: int) -> str:
    note = _("Figures update every {seconds} seconds and are not final.", seconds=every)
    if step > 1:
        note += " " + _(
            "They move in steps of at least {step} ballots, so that nobody's choice can be seen.", step=step
        )
    return note
