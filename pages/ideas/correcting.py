"""Correcting a list that people vote on: an organiser asks that a project be withdrawn, or its words be mended."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.errors import GlasError
from core.ideas import corrections
from core.ideas.projects import Listed
from core.permissions import Action, Actor, may
from core.rounds import Round
from pages.ideas import ballot_list
from pages.parts import notices, templates, visit
from pages.parts.forms import Fields, fields_of_languages
from pages.parts.i18n import _
from pages.rounds import corrected, two_people
from pages.rounds.two_people import TwoPersonStep, Waiting

_KINDS = (Action.withdraw_project, Action.correct_words)


def may_correct(round_: Round, actor: Actor) -> bool:
    """Return whether something of the list can be corrected now, and by this person."""
    if round_.imported or not round_.locked or round_.voided_at is not None:
        return False
    return any(may(actor, each, round_.phase(visit.at())) for each in _KINDS)


def waiting_ones(round_: Round, waiting: Waiting, listed: Sequence[Listed]) -> None:
    """Draw each correction that waits for a second person, or has ended meanwhile."""
    for one in listed:
        for action in _KINDS:
            if waiting.of(action, one.code) or waiting.ended(action, one.code):
                with st.container(key=f"card-{action}-{one.code}"):
                    two_people.draw_step(round_, _step(round_, one, action), waiting)


def _step(round_: Round, one: Listed, action: Action) -> TwoPersonStep:
    withdraws = action is Action.withdraw_project
    agree = corrections.agree_withdrawal if withdraws else corrections.agree_words
    title = templates.told(one.title) or one.code
    return TwoPersonStep(
        action=action,
        do=lambda session, _reason, consent: agree(
            session, visit.visitor(), round_.id, one.code, at=visit.at(), consent=consent or ""
        ),
        title=_("Withdraw “{title}”", title=title) if withdraws else _("Correct the words of “{title}”", title=title),
        text=_consequence(action),
        ask="",
        agree=_("Agree: withdraw it") if withdraws else _("Agree to the words"),
        done=_("The project is withdrawn. Everyone sees it, with the reason.")
        if withdraws
        else _("The words are corrected. Everyone sees it, with the old ones, on the rules page."),
        asks=False,
        subject=one.code,
    )


def _consequence(action: Action) -> str:
    """Return what follows from a correction; who asks reads it, and who agrees."""
    if action is Action.correct_words:
        return _("What it said when people voted stays public, on the rules page.")
    return _(
        "For good: nobody can choose it any more and the count passes it over. Its votes stay and are told, and "
        "ballots that name it count for the other projects on them."
    )


def correct(round_: Round, listed: Sequence[Listed], code: str | None) -> None:
    """Draw what can be corrected once people vote: the choice of a project, and the form of the chosen one."""
    text = _(
        "People vote already. Two organisers can withdraw a project until the count, or correct a typing error until "
        "the result is published, with a public reason. Rules, limits and costs cannot change any more."
    )
    templates.draw("parts/staff_section.html", id="", title=_("Corrections"), text=text, tag="", tag_icon="")
    ballot_list.choose(listed, _("Correct or withdraw a project"))
    one = next((one for one in listed if one.code == code), None)
    if one is not None:
        _form(round_, one)


def _form(round_: Round, one: Listed) -> None:
    fields = Fields(f"correct-{round_.id}-{one.code}")
    with st.container(key="card-project"):
        title, text = {}, {}
        templates.draw(
            "parts/staff_section.html", id="", title=corrected.titled(one), text="", tag=one.code, tag_icon="sell"
        )
        for language in fields_of_languages():
            title[language] = fields.said("title", _("Title"), one.title, language, most=90)
            text[language] = fields.said("text", _("Description"), one.text, language, long=True, most=1500)
        reason = fields.text("reason", _("Public reason"), "", hint=_("Everyone will read this."), most=500)
        goes = round_.counted_at is None and not one.withdrawn
        follows = [f"{_('Ask for the correction')}: {_consequence(Action.correct_words)}"]
        if goes:
            follows.append(f"{_('Ask to withdraw the project')}: {_consequence(Action.withdraw_project)}")
        templates.draw("parts/staff_pair.html", title="", text="", lines=follows, waiting="", next="", reason="")
        with st.container(horizontal=True):
            words = st.button(_("Ask for the correction"), type="primary", key=fields.key("words"))
            gone = goes and st.button(_("Ask to withdraw the project"), key=fields.key("gone"))
            shut = st.button(_("Close"), key=fields.key("shut"))
    if shut:
        _leave()
    if words or gone:
        _ask(round_, fields, one, {"title": one.title | title, "text": one.text | text} if words else None, reason)


def _ask(round_: Round, fields: Fields, one: Listed, words: dict[str, object] | None, reason: str) -> None:
    actor, at = visit.visitor(), visit.at()
    try:
        with visit.transaction() as session:
            if words is None:
                corrections.ask_withdrawal(session, actor, round_.id, one.code, at=at, reason=reason)
            else:
                corrections.ask_words(session, actor, round_.id, one.code, at=at, reason=reason, **words)  # type: ignore[arg-type]
    except GlasError as refusal:
        if getattr(refusal, "field", "") in ("change", "code") or not fields.refuse(refusal):
            notices.refused(refusal)
        st.rerun()
    notices.keep(ballot_list.asked(), "in")
    _leave()


def _leave() -> None:
    del st.query_params["project"]
    st.rerun()
