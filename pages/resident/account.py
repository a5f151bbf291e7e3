"""My profile: my ideas and where they stand, that my ballot counts, my code, language, password, and the way out."""

import streamlit as st

from core import ideas, rounds
from core.people import accounts
from pages.parts import (
    account_data,
    account_facts,
    account_parts,
    account_view,
    fresh_code,
    notices,
    own_ballot,
    templates,
    visit,
)
from pages.parts.i18n import _

if fresh_code.shown():
    st.stop()
actor, town, at = visit.visitor(), visit.town(), visit.at()
with visit.reading() as session:
    profile = accounts.profile(session, actor)
    mine = ideas.mine(session, actor)
    seen = rounds.rounds(session, actor)
    ballots = {one.id: own_ballot.of(session, actor, one) for one in seen if account_view.votable(one, at)}

notices.show()
templates.draw(
    "page_head.html", over=_("My profile"), title=profile.nickname, text=account_view.about(profile, town), link=None
)
templates.draw("account.html", **account_view.view(mine, seen, ballots, town, at))

if not profile.has_password:
    # First of all, for this sign-in ends, and the link that led here has had its time.
    with st.container(key="card-first-password"):
        account_parts.password(profile)
notices.show("code")
for round_ in sorted(seen, key=lambda one: not account_view.votable(one, at)):
    account_parts.code(round_, at)
left, right = st.columns(2, gap="large")
with left:
    account_facts.own(profile, town)
    account_parts.language()
    account_data.signed_in()
    account_data.take_away()
with right:
    if profile.has_password:
        account_parts.password(profile)
        account_parts.recovery()
    account_data.second()
    account_data.erase()
templates.draw("account_out.html")
