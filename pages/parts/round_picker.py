"""Which round a staff page is about: tabs of all rounds, the address keeps the choice."""

from __future__ import annotations

from collections.abc import Sequence

from core import rounds
from core.rounds import Round
from pages.parts import not_found, templates, visit
from pages.parts.i18n import _
from pages.parts.links import to


def pick(path: str) -> Round:
    """Draw the tabs and return the round looked at; without any round the page ends calmly."""
    chosen = not_found.a_round()
    with visit.reading() as session:
        known = rounds.rounds(session, visit.visitor())
    draw(path, known, chosen)
    return chosen


def draw(path: str, known: Sequence[Round], chosen: Round) -> None:
    """Draw one tab a round, the newest first; a single round needs none."""
    shown = list(known) if chosen in known else [chosen, *known]
    if len(shown) < 2:
        return
    links = [
        {"href": to(path, round=one.slug), "label": templates.told(one.titles), "here": one.id == chosen.id}
        for one in shown[:8]
    ]
    templates.draw("staff_picker.html", links=links, label=_("Rounds"))
