"""The ballot as an organiser sees it: its projects, their sum beside the budget, and what is odd about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from core.errors import GlasError, Invalid
from core.ideas import Idea, projects
from core.ideas.projects import Listed
from core.municipalities import Municipality
from core.permissions import Action
from core.rounds import Round, fit
from pages.ideas import cards
from pages.parts import money, notices, refusals, templates, visit
from pages.parts.forms import Fields, fields_of_languages
from pages.parts.i18n import _, n_, number
from pages.parts.text import plain
from pages.rounds import two_people
from pages.rounds.two_people import Waiting


def figures(round_: Round, listed: Sequence[Listed]) -> list[dict[str, str]]:
    """Return the sum of the projects that can be chosen beside the budget."""
    standing = projects.standing(listed)
    total = sum(one.cost for one in standing)
    return [
        {"text": number(len(standing)), "name": _("projects")},
        {"text": money.text(total, round_.currency), "name": _("all projects together")},
        {"text": money.text(round_.budget, round_.currency), "name": _("budget")},
        {"text": templates.percent(total / round_.budget, 0) if round_.budget else "–", "name": _("of the budget")},
    ]


def where(one: Listed | Idea, town: Municipality) -> str:
    """Return the place and the area of a project or an idea."""
    area = cards.area_name(town, one.area_id)
    return ", ".join(part for part in (one.place, area) if part)


def notes(round_: Round, listed: Sequence[Listed]) -> list[dict[str, str]]:
    """Return what is odd about the ballot: look, icon and text of each note."""
    standing, found = projects.standing(listed), []
    total = sum(one.cost for one in standing)
    if round_.locked:
        text = _("Locked: the first ballot is in. Projects and their costs can no longer change.")
        found.append({"look": "wa", "icon": "lock", "text": text})
    elif standing and total <= round_.budget:
        text = _("All projects together fit into the budget: there would be nothing to choose.")
        found.append({"look": "wa", "icon": "warning", "text": text})
    for one in fit.of_list(round_.as_draft(), [each.cost for each in standing]):
        # An empty list is nothing odd as long as ideas are collected for it.
        if listed or (fit.due(round_.dates, visit.at()) and not round_.imported):
            text = refusals.sentence(Invalid(one.field, one.problem, currency=round_.currency, **one.facts))
            found.append({"look": "er", "icon": "error", "text": text})
    if fit.chooses_all(round_.as_draft(), len(standing)):
        text = _("Every ballot must name all these projects: nobody has a choice. Lower the least number of projects.")
        found.append({"look": "wa", "icon": "warning", "text": text})
    half = [one for one in standing if one.cost * 2 > round_.budget]
    if half:
        text = n_(
            "{count} project costs more than half of the budget.",
            "{count} projects cost more than half of the budget each.",
            len(half),
        )
        found.append({"look": "in", "icon": "info", "text": text})
    return found


def left_out(count: int) -> str:
    """Return what is said of accepted ideas that are not on the ballot while they still can come onto it."""
    return n_(
        "{count} feasible idea is not on the ballot. The first vote fixes the list: after it nothing comes onto it.",
        "{count} feasible ideas are not on the ballot. The first vote fixes the list: after it nothing comes onto it.",
        count,
    )


def asked() -> str:
    """Return what is told once a change of a public list waits."""
    return _("Asked. Nothing changes before another organiser agrees, on this page.")


def two(round_: Round, waiting: Waiting) -> None:
    """Draw the change of a public list that waits for a second person, or ended meanwhile."""
    two_people.draw_asked_change(
        round_, waiting, Action.change_list, projects.agree_change,
        title=_("Change of the ballot list"),
        button=_("Agree to the list"),
        done=_("The ballot list is changed. Everyone sees it, with its reason, on the rules page."),
    )  # fmt: skip


def why(round_: Round, waiting: Waiting) -> str:
    """Draw the field for the public reason of a change, and return it; "" for a draft, which needs none."""
    if round_.draft:
        return ""
    mine = waiting.of(Action.change_list)
    text = _(
        "The round is public: what you change here is asked for, and another organiser agrees to all of it at once."
    )
    text = f"{text} {two_people.public()}"
    templates.draw("parts/note.html", look="in", icon_name="group", text=text, link=None, live=False)
    hint = _("Everyone will read this.")
    kept = mine.reason if mine and mine.mine else ""
    return Fields(f"list-{round_.id}").text(
        "reason", _("Why does the list change?"), kept, hint=hint, long=True, most=500
    )


def put(round_: Round, chosen: Sequence[Idea], reason: str) -> None:
    """Put ideas on the ballot, or ask for it, and draw the page anew."""
    actor, at = visit.visitor(), visit.at()
    try:
        with visit.transaction() as session:
            if not round_.draft:
                ids = [one.id for one in chosen]
                projects.ask_change(session, actor, round_.id, at=at, reason=reason, put=ids)
            for one in chosen if round_.draft else ():
                projects.put_on_ballot(session, actor, one.id, at)
    except GlasError as refusal:
        notices.refused(refusal)
    else:
        done = n_("{count} project is now on the ballot.", "{count} projects are now on the ballot.", len(chosen))
        notices.keep(*((done,) if round_.draft else (asked(), "in")))
    st.rerun()


def choose(listed: Sequence[Listed], label: str) -> None:
    """Draw the choice of a project that is to be changed; `label` says how."""
    titles = {one.code: templates.told(one.title) for one in listed}

    def follow() -> None:
        if st.session_state["project-open"]:
            st.query_params["project"] = st.session_state["project-open"]
        st.session_state["project-open"] = None

    st.selectbox(
        plain(label),
        list(titles),
        index=None,
        format_func=lambda one: titles.get(one, ""),
        key="project-open",
        on_change=follow,
        placeholder=_("Choose a project"),
        width=480,
    )


def edit_project(round_: Round, one: Listed, reason: str = "") -> None:
    """Draw the form of a project and do what is pressed; of a public round it is asked for with the `reason`."""
    fields = Fields(f"project-{round_.id}-{one.code}")
    with st.container(key="card-project"):
        templates.draw(
            "parts/staff_section.html", id="", title=_("Change the project"), text="", tag=one.code, tag_icon="sell"
        )
        title, text = {}, {}
        for language in fields_of_languages():
            title[language] = fields.said("title", _("Title"), one.title, language, most=90)
            text[language] = fields.said("text", _("Description"), one.text, language, long=True, most=1500)
        cost = fields.amount("cost", _("Cost"), one.cost, round_.currency)
        with st.container(horizontal=True):
            name = _("Save the project") if round_.draft else _("Ask for the change")
            save = st.button(name, type="primary", key=fields.key("save"))
            off = st.button(
                _("Take off the ballot") if round_.draft else _("Ask to take it off"), key=fields.key("off")
            )
            shut = st.button(_("Close"), key=fields.key("shut"))
    if shut:
        _leave()
    if save and not fields.wrong:
        to = projects.changed(one, title=one.title | title, text=one.text | text, cost=cost or 0)
        _do(round_, fields, "save", to, reason)
    if off:
        _do(round_, fields, "off", one, reason)


def _do(round_: Round, fields: Fields, what: Literal["save", "off"], to: Listed, reason: str) -> None:
    try:
        with visit.transaction() as session:
            if not round_.draft:
                how: dict[str, Any] = {"edited": [to]} if what == "save" else {"off": [to.code]}
                projects.ask_change(session, visit.visitor(), round_.id, at=visit.at(), reason=reason, **how)
            elif what == "save":
                projects.edit(session, visit.visitor(), round_.id, to.code, to, visit.at())
            else:
                projects.take_off(session, visit.visitor(), round_.id, to.code, visit.at())
    except GlasError as refusal:
        # The reason stands elsewhere on the page.
        if getattr(refusal, "field", "") in ("reason", "change") or not fields.refuse(refusal):
            notices.refused(refusal)
        st.rerun()
    done = _("The project is saved.") if what == "save" else _("Taken off the ballot. The idea stays feasible.")
    notices.keep(*((done,) if round_.draft else (asked(), "in")))
    _leave()


def _leave() -> None:
    del st.query_params["project"]
    st.rerun()
