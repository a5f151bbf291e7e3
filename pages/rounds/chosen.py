"""What a page shows when the thing it is about is not there: one calm sentence and where to go next."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import streamlit as st

from core import municipalities, rounds
from core.errors import GlasError, NotFound
from core.permissions import guest
from core.rounds import Round
from core.store import reading
from pages.parts import notices, templates, visit
from pages.parts.i18n import _
from pages.parts.links import Link, to

MOST = 8  # tabs; the round looked at is always one of them


def round_or_stop() -> Round | None:
    """Return the round that is looked at, None if there is none; a misspelt one ends the page calmly."""
    try:
        return visit.chosen_round()
    except GlasError:
        notices.stop(_("There is no such round"), _("The address may be old or not complete."))


def a_round() -> Round:
    """Return the round that is looked at; without one the page ends with a calm sentence."""
    found = round_or_stop()
    if found is None:
        templates.draw("parts/empty.html", icon_name="campaign", **no_round())
        visit.leave()
    # From here on the address says which round it is: tomorrow another one may be the current one.
    st.query_params.setdefault("round", found.slug)
    return found


def no_round() -> dict[str, object]:
    """Return the words for a town without a round."""
    return {
        "title": _("The next round is being prepared"),
        "text": _("No round is open right now. When one opens, it begins with your ideas."),
        "links": (Link("/about", _("About Glas")),),
    }


def pick(path: str) -> Round:
    """Draw the tabs and return the round looked at; without any round the page ends calmly."""
    chosen = a_round()
    with visit.reading() as session:
        known = rounds.rounds(session, visit.visitor())
    draw(path, known, chosen)
    return chosen


def draw(path: str, known: Sequence[Round], chosen: Round) -> None:
    """Draw one tab a round, the newest first; a single round needs none."""
    links = tabs(path, known, chosen)
    if links:
        templates.draw("rounds/staff_picker.html", links=links, label=_("Rounds"))


def tabs(path: str, known: Sequence[Round], chosen: Round) -> list[dict[str, object]]:
    """Return the tabs of `draw`, none for a single round."""
    shown = list(known) if chosen in known[:MOST] else [chosen, *(one for one in known if one.id != chosen.id)]
    if len(shown) < 2:
        return []
    return [
        {"href": to(path, round=one.slug), "label": templates.told(one.titles), "here": one.id == chosen.id}
        for one in shown[:MOST]
    ]


def as_guest(slug: str) -> Round:
    """Return a round that everyone may see. Raises NotFound."""
    with reading() as session:
        town = municipalities.the_town(session)
        return rounds.round_by_slug(session, slug, guest(town.id if town else 0))


def published(slug: str) -> Round:
    """Return a round whose result is published. Raises NotFound."""
    round_ = as_guest(slug)
    if not round_.shows_result:
        raise NotFound(thing="result", key=slug)
    return round_


def key(what: str, round_: Round, language: str = "") -> Hashable:
    """Return a name for what is made of a round, another one as soon as anything of the round is another."""
    return what, round_.id, round_.version, round_.result_published_at, language
