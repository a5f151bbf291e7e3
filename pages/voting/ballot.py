"""The page of the ballot, the same for voters and for visitors who only try it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import streamlit as st

from core import rounds, voting
from core.errors import KeyMissing, NotEligible
from core.ideas import corrections, projects
from core.ideas.corrections import Correction
from core.ideas.projects import Listed
from core.permissions import Actor
from core.phases import Phase
from core.rounds import Round
from core.trust import readiness
from core.voting import MyBallot, roll
from core.voting.roll import Eligibility
from pages.codes import entry, told
from pages.parts import dates, names, notices, refusals, templates, visit
from pages.parts.components import component as component_of
from pages.parts.i18n import _
from pages.parts.links import Link, here, to, with_next
from pages.rounds import advisory, chosen, corrected, extension, switch, voided
from pages.voting import component, receipts

_SOMEBODY_ELSE = "somebody-else"
_BEFORE = (Phase.preparation, Phase.ideas, Phase.review)


def show() -> None:
    """Draw the ballot of the round, or why there is none right now."""
    round_ = chosen.a_round()
    voter, at, town = visit.visitor(), visit.at(), visit.town()
    phase = round_.phase(at)
    open_now, ended = (phase is one and not round_.imported for one in (Phase.voting, Phase.counting))
    with visit.reading() as session:
        rests = readiness.refusal(session, round_.id) if open_now else None
        saved = of(session, voter, round_)
        listed = projects.projects(session, voter, round_.id) if open_now or ended else ()
        mended = corrections.corrections(session, voter, round_.id) if listed else {}
        eligibility = roll.eligibility(session, voter, round_)
        gone = code_gone(session, voter, round_, saved, at=at)

    if gone:
        templates.draw("parts/note.html", look="wa", icon_name="block", text=gone, link=None, live=False)
    standing = projects.standing(listed)
    known: dict[str, Any] = {"voter": voter, "eligibility": eligibility, "saved": saved, "at": at}
    if not open_now:
        _told(round_, listed, saved, {}, may_change=False)
        templates.draw("voting/vote_closed.html", **closed(round_, at=at))
        if phase in _BEFORE:
            _code(round_, eligibility)
        if ended and standing:
            # Only the browser knows of a choice that was never cast.
            component.ballot(round_, town, standing, **known, ended=True)
        if saved and not saved.withdrawn:
            templates.draw("voting/own_ticket.html", ticket=receipts.ticket(saved.receipt.number, saved.receipt))
        return
    if rests:
        return templates.draw("parts/refused.html", sentence=refusals.sentence(rests))
    if not listed:
        return templates.draw("parts/empty.html", **nothing_to_choose())
    if not voter.signed_in and _ended():
        return None
    _weight(round_, voter)
    _told(round_, listed, saved, mended, may_change=True)
    _missing(round_, eligibility)
    component.ballot(round_, town, standing, **known)


def _weight(round_: Round, voter: Actor) -> None:
    """Draw what kind of vote it is: that it only advises, and for a guest who may vote."""
    found = [advisory.text(round_)]
    if voter.person_id is None and (round_.age_min, round_.age_max) != (None, None):
        who = names.people(round_.age_min, round_.age_max)
        found.append(_("Voting is for {who} who live, study or work in the municipality.", who=who))
    if text := " ".join(filter(None, found)):
        templates.draw("parts/note.html", look="in", icon_name="info", text=text, link=None, live=False)


def _missing(round_: Round, eligibility: Eligibility) -> None:
    """Draw what is needed before the ballot can be cast, above it: nobody fills one in to be told of an age then."""
    _code(round_, eligibility)
    if eligibility.missing == "age":
        text = refusals.sentence(NotEligible(reason="age", age_min=round_.age_min, age_max=round_.age_max))
        templates.draw("parts/note.html", look="wa", icon_name="info", text=text, link=None, live=False)


def _ended() -> bool:
    """Draw in the ballot's place how to see one's vote, if a sign-in in this browser has ended by itself.

    An empty ballot would look as if its owner had never voted. Who is somebody else drops that sign-in, and may try it.
    """
    if not visit.token():
        return False
    if st.session_state.get(_SOMEBODY_ELSE):
        component_of("sign_out")(key="sign-out", height=1)
        return False
    title, text = (
        _("Log in to see your vote"),
        _("Your login has ended. Whether you have voted, and what you chose, stands here again once you log in."),
    )
    links = (Link(with_next("/sign-in", here("/vote")), _("Log in")),)
    templates.draw("parts/empty.html", icon_name="lock_open", title=title, text=text, links=links)
    if st.button(_("I am somebody else"), key=_SOMEBODY_ELSE + "-go"):
        st.session_state[_SOMEBODY_ELSE] = True
        st.rerun()
    return True


def _code(round_: Round, eligibility: Eligibility) -> None:
    """Draw the field for the participation code where it is what is missing; a guest may have it before an account."""
    notices.show("code")
    if eligibility.missing in ("code", "sign_in") and entry.taken(round_):
        entry.draw_field(round_)
    else:
        entry.forget()


def _told(
    round_: Round,
    listed: Sequence[Listed],
    saved: MyBallot | None,
    mended: Mapping[str, Sequence[Correction]],
    *,
    may_change: bool,
) -> None:
    """Draw what to know before voting, and what was withdrawn or mended since people vote."""
    if may_change:
        extension.note(round_)
    unread = saved is not None and (saved.sealed or saved.withheld)
    corrected.on_ballot(listed, saved.choices if saved else (), unread=unread, may_change=may_change)
    corrected.mended(listed, mended)


def of(session: Any, actor: Actor, round_: Round) -> MyBallot | None:
    """Return it; None if there is none, or if nobody can tell because the key to it is missing."""
    with suppress(KeyMissing):
        return voting.my_ballot(session, actor, round_.id)
    return None


def code_gone(session: Any, actor: Actor, round_: Round, saved: MyBallot | None, *, at: datetime) -> str:
    """Return what is told of a ballot that left the box with its code; "" of any other."""
    if saved is None or not saved.code_gone:
        return ""
    return told.code_gone(round_, rounds.changes(session, actor, round_.id), at=at)


def closed(round_: Round, *, at: datetime) -> dict[str, object]:
    """Return the values of `vote_closed.html`: why nobody votes now."""
    title, text, links = _words(round_, at)
    other = switch.where(round_, is_open=Phase.voting)
    if other is not None:
        label = _("Vote in: {round}", round=templates.told(other.titles))
        links = (Link(to("/vote", round=other.slug), label), *links)
    return {"title": title, "text": text, "links": links}


def _words(round_: Round, at: datetime) -> tuple[str, str, tuple[Link, ...]]:
    results = Link(here("/results"), _("See the results"))
    if round_.voided_at:
        return _("This round is void."), voided.text(round_), (Link("/", _("Home")),)
    if round_.imported:
        text = _("This election was held elsewhere. Here you can follow how it is counted.")
        return _("You cannot vote here"), text, (results,)
    if round_.phase(at) in _BEFORE:
        date = dates.in_zone(
            dates.moment(round_.dates.voting_from, zone=round_.timezone), round_.dates.voting_from, round_.timezone
        )
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
