"""The form of a review: a verdict, a final cost, and a reason that the author can use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

import streamlit as st

from core.errors import Invalid
from core.ideas import Idea
from core.municipalities import Municipality
from core.permissions import Action, Actor, may
from core.rounds import Round
from core.texts import Texts
from pages.ideas import cards
from pages.parts import components, dates, forms, i18n, money, names, notices, templates, visit
from pages.parts.forms import Choice, Fields, name_in
from pages.parts.i18n import _, n_
from pages.parts.links import Link, to


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer decided, as it was filled in."""

    verdict: str
    cost: int | None
    reason: Texts


def verdicts() -> tuple[Choice, ...]:
    """Return the verdicts a reviewer chooses between."""
    return (
        Choice("accepted", _("Feasible"), _("It is legal, it can be done, and the cost is known.")),
        Choice("returned", _("Back to the author"), _("Something is missing. The author adds it and sends it again.")),
        Choice(
            "rejected", _("Not feasible in this round"), _("It cannot be done now. Say why and what else is possible.")
        ),
        Choice(
            "not_shown",
            _("Breaks the rules – is not shown"),
            _("It insults somebody, tells of a person, or is no idea. Neither it nor your reason is published."),
        ),
    )


def ask_verdict(idea: Idea, round_: Round, form: Fields) -> Verdict | None:
    """Draw the form for one idea; return the verdict when it is sent."""
    chosen = form.choice("verdict", _("Is it feasible?"), verdicts(), "", blank=True)
    cost = idea.cost
    if chosen == "accepted":
        cost = form.amount("cost", _("Final cost"), idea.cost, round_.currency, hint=_limits(round_))
    if chosen:
        _templates(chosen, form)
    label = _("Reason in plain language (required)")
    hint = _("Everyone reads it, first of all the author. Say what happened and what can be done next.")
    if chosen == "not_shown":
        hint = _("Only the author and staff read it. Say which rule is broken.")
    own, *others = visit.town().languages
    reason = {own: form.text("reason", label, "", hint=hint, long=True, most=1000)}
    for one in others:
        same = _("The same in {language} (optional)", language=i18n.name_of(one))
        reason[one] = form.text(name_in("reason", one), same, "", long=True, most=1000)
    with st.container(horizontal=True):
        send = st.button(_("Send the verdict"), type="primary", key=form.key("send"))
        if st.button(_("Later: show the next one"), key=form.key("later")):
            put_off(idea)
    if not send or form.wrong:
        return None
    if not chosen:
        form.refuse(Invalid("verdict", "choice"))
        st.rerun()
    return Verdict(chosen, cost if chosen == "accepted" else None, Texts(reason))


def _limits(round_: Round) -> str:
    least, most = round_.min_cost, round_.max_cost or round_.budget
    if least is None:
        return _("at most {most}", most=money.text(most, round_.currency))
    return _("from {least} to {most}", least=money.text(least, round_.currency), most=money.text(most, round_.currency))


def _templates(verdict: str, form: Fields) -> None:
    """Draw the ready reasons; the one chosen is written into the reason in every language, where it can be changed."""
    key = forms.spoken(form.key(f"ready-{verdict}"))

    def write() -> None:
        number = st.session_state[key]
        if number is None or number < 0:
            return
        for language in i18n.languages():
            with i18n.speaking(language):
                st.session_state[form.key(name_in("reason", language))] = ready(verdict)[number]

    texts = ready(verdict)
    st.selectbox(
        _("Start from a ready reason"),
        range(-1, len(texts)),
        format_func=lambda number: texts[number] if number >= 0 else _("none, I write my own"),
        key=key,
        on_change=write,
        filter_mode=None,
        placeholder="–",
    )


def ready(verdict: str) -> list[str]:
    """Return reasons that come up often, in the current language."""
    return {
        "accepted": [
            _("It is legal, the place belongs to the municipality, and this sum is enough."),
            _("It can be done. The cost is higher than proposed because of installation and a guarantee."),
            _("It can be done. It came out cheaper than proposed."),
        ],
        "returned": [
            _("Please say exactly where it should be. Then we can find out who owns the place."),
            _("Please say who will use it and about how often."),
            _("The cost leaves something out: transport, installation or upkeep. Please add it."),
            _("There is a similar idea. Have a look – you could join forces."),
        ],
        "rejected": [
            _("The place is private. Propose another place and the idea can go on."),
            _("It costs more than the limit of this round. A smaller version may fit."),
            _("The municipality may not do this by law; it is the task of another institution."),
            _("It cannot be finished within the time of this round. It may fit the next one."),
            _("The municipality is already doing the same. You find it under Projects."),
        ],
        "not_shown": [
            _("It insults or threatens somebody."),
            _("It tells of a person who can be recognised. Write it without the person."),
            _("It is no idea for the youth budget, but advertising or a joke."),
        ],
    }[verdict]


def one(idea: Idea, round_: Round, town: Municipality) -> dict[str, object]:
    """Return the values of `review_idea.html`."""
    area = cards.area_name(town, idea.area_id)
    sent = dates.day(idea.submitted_at, zone=round_.timezone) if idea.submitted_at else ""
    return {
        "title": idea.title,
        "byline": _("{author}, sent on {date}", author=idea.author or _("Account erased"), date=sent),
        "category": cards.category_code(town, idea.category_id),
        "theme": cards.category_name(town, idea.category_id),
        "problem": idea.problem,
        "solution": idea.solution,
        "where": ", ".join(part for part in (idea.place, area) if part) or "–",
        "cost": money.text(idea.cost, round_.currency) if idea.cost is not None else _("not stated"),
        "before": _before(idea, round_),
    }


def _before(idea: Idea, round_: Round) -> dict[str, str] | None:
    """Return what an earlier review said, None if this is the first one."""
    if idea.review is None:
        return None
    when = dates.day(idea.review.at, zone=round_.timezone)
    verdict = names.status(idea.review.verdict)
    title = _("Reviewed before, on {date}: {verdict}.", date=when, verdict=verdict)
    return {"title": title, "text": cards.reason(idea)}


def put_off(idea: Idea) -> NoReturn:
    """Show the next idea, and this one after all others."""
    st.session_state.setdefault("review-later", []).append(idea.id)
    st.query_params.pop("idea", None)
    begin_anew()


def begin_anew() -> NoReturn:
    """Draw the page anew from its top: what is pressed next must not be meant for the idea before."""
    st.session_state["review-top"] = True
    st.rerun()


def to_top(idea_id: int) -> None:
    """Lead to the top of the page where another idea than before stands on it."""
    if st.session_state.pop("review-top", False):
        components.focus("h1", key=f"review-{idea_id}", top=True)


def nothing(actor: Actor) -> None:
    """Draw that nothing waits, with the ways that are open to this reviewer."""
    links = [Link("/ideas", _("See the ideas"))]
    if may(actor, Action.edit_projects):
        links.append(Link("/ballot-list", _("Ballot list")))
    notices.empty(_("Nothing waits for you"), _("Every idea that was sent has an answer."), links)


def made(ideas: Sequence[Idea], here: int) -> dict[str, object]:
    """Return the values of `review_made.html`: the verdicts that can still be changed; `here`: the idea on the page."""
    return {
        "title": n_("{count} decision can still be changed", "{count} decisions can still be changed", len(ideas)),
        "text": _("Until the idea stands on the ballot. The journal keeps both verdicts."),
        "rows": [
            {
                "title": templates.told(idea.title),
                "badge": cards.badge(idea.status),
                "when": dates.short(idea.review.at) if idea.review else "",
                "href": to("/review", idea=idea.id),
                "here": idea.id == here,
            }
            for idea in ideas
        ],
    }


def queue(ideas: Iterable[Idea]) -> list[dict[str, str]]:
    """Return the next ideas in line."""
    return [
        {"title": templates.told(idea.title), "when": dates.short(idea.submitted_at) if idea.submitted_at else ""}
        for idea in ideas
    ]


def checks() -> list[str]:
    """Return the questions a review answers."""
    return [
        _("Is it legal?"),
        _("Who owns the place?"),
        _("What does it really cost, with installation?"),
        _("Can it be done in time?"),
        _("Who will maintain it?"),
    ]
