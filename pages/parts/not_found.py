"""What a page shows when the thing it is about is not there: one calm sentence and where to go next."""

from __future__ import annotations

import streamlit as st

from core.errors import GlasError
from core.rounds import Round
from pages.parts import notices, templates, visit
from pages.parts.i18n import _
from pages.parts.links import Link


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
        templates.draw("empty.html", icon_name="campaign", **no_round())
        st.stop()
    return found


def no_round() -> dict[str, object]:
    """Return the words for a town without a round."""
    return {
        "title": _("The next round is being prepared"),
        "text": _("No round is open right now. When one opens, it begins with your ideas."),
        "links": (Link("/about", _("About Glas")),),
    }
