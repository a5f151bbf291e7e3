"""My profile: my ideas and where they stand, that my ballot counts, my code, language, password, and the way out."""

import streamlit as st

from core import ideas, rounds, voting
from core.ideas import reviews
from core.people import accounts
from core.privacy import on_request
from core.voting import roll
from pages.parts import notices, templates, visit
from pages.parts.i18n import _
from pages.people import account, account_data, account_forms, recovery_code
from pages.voting import ballot

if recovery_code.shown():
    visit.leave()
actor, town, at = visit.visitor(), visit.town(), visit.at()
with visit.reading() as session:
    profile, asked = accounts.profile(session, actor), on_request.of_me(session, actor)
    mine = ideas.mine(session, actor)
    on_ballots = reviews.on_ballots(session, [one.id for one in mine])
    seen = rounds.rounds(session, actor)
    ballots = voting.my_ballots(session, actor, [one.id for one in seen if account.votable(one, at)])
    may_vote = roll.eligibilities(session, actor, seen)
    gone = {one.id: ballot.code_gone(session, actor, one, ballots.get(one.id), at=at) for one in seen}

notices.show()
templates.draw(
    "parts/page_head.html", over=_("My profile"), title=profile.nickname, text=account.about(profile, town), link=None
)
for note in account.notes(profile, asked):
    templates.draw("parts/note.html", look="wa", icon_name="warning", text=note, link=None, live=False)
templates.draw("people/account.html", **account.view(mine, seen, ballots, gone, town, at, listed=on_ballots))

if not profile.has_password:
    # First of all, for this sign-in ends, and the link that led here has had its time.
    with st.container(key="card-first-password"):
        account_forms.password(profile)
notices.show("code")
for round_ in sorted(seen, key=lambda one: not account.votable(one, at)):
    account_forms.code(round_, may_vote[round_.id], at)
left, right = st.columns(2, gap="large")
with left:
    account_forms.own(profile, town)
    account_forms.language()
    account_data.signed_in()
    account_data.take_away()
with right:
    if profile.has_password:
        account_forms.password(profile)
        account_forms.recovery()
    account_data.second()
    account_data.erase()
templates.draw("people/account_out.html")
