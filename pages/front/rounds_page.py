"""All rounds of the town, older and imported ones too, each with where it stands and the way to it."""

import streamlit as st

from core import rounds
from pages.front import other_rounds
from pages.parts import templates, visit
from pages.parts.i18n import _, n_

PAGE = 40

actor, at = visit.visitor(), visit.at()
with visit.reading() as session:
    own = [one for one in rounds.rounds(session, actor) if not one.draft]
    imported = [one for one in rounds.rounds(session, actor, imported=True) if not one.draft]

most = st.session_state.get("rounds-shown", PAGE)
templates.draw("parts/page_head.html", over="", title=_("All rounds"), text="", link=None)
templates.draw(
    "front/rounds.html",
    own=[other_rounds.listed(one, at=at) for one in own[:most]],
    imported=[other_rounds.listed(one, at=at) for one in imported[: max(0, most - len(own))]],
)
left = len(own) + len(imported) - most
if left > 0 and st.button(n_("Show {count} more", "Show {count} more", min(left, PAGE)), key="more"):
    st.session_state["rounds-shown"] = most + PAGE
    st.rerun()
