"""The ballot as an organiser sees it: its projects, their sum beside the budget, and what is odd about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.errors import GlasError
from core.ideas import Idea, projects
from core.ideas.projects import Listed
from core.municipalities import Municipality
from core.rounds import Round
from pages.ideas import cards
from pages.parts import money, notices, templates, visit
from pages.parts.forms import Fields, fields_of_languages
from pages.parts.i18n import _, n_, number


def figures(round_: Round, listed: Sequence[Listed]) -> list[dict[str, str]]:
    """Return the sum of the projects beside the budget."""
    total = sum(one.cost for one in listed)
    return [
        {"text": number(len(listed)), "name": _("projects")},
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
    total, found = sum(one.cost for one in listed), []
    if round_.locked:
        text = _("Locked: the first ballot is in. Projects and their costs can no longer change.")
        found.append({"look": "wa", "icon": "lock", "text": text})
    elif listed and total <= round_.budget:
        text = _("All projects together fit into the budget: there would be nothing to choose.")
        found.append({"look": "wa", "icon": "warning", "text": text})
    least = round_.ballot.min_choices or 1
    if listed and len(listed) < least:
        text = n_(
            "A ballot must hold at least {count} project; there are fewer.",
            "A ballot must hold at least {count} projects; there are fewer.",
            least,
        )
        found.append({"look": "er", "icon": "error", "text": text})
    half = [one for one in listed if one.cost * 2 > round_.budget]
    if half:
        text = n_(
            "{count} project costs more than half of the budget.",
            "{count} projects cost more than half of the budget each.",
            len(half),
        )
        found.append({"look": "in", "icon": "info", "text": text})
    return found


def choose(listed: Sequence[Listed]) -> None:
    """Draw the choice of a project whose descriptions are to be changed, or that is to be taken off."""
    titles = {one.code: templates.told(one.title) for one in listed}

    def follow() -> None:
        if st.session_state["project-open"]:
            st.query_params["project"] = st.session_state["project-open"]
        st.session_state["project-open"] = None

    st.selectbox(
        _("Change descriptions, or take a project off"),
        list(titles),
        index=None,
        format_func=lambda one: titles.get(one, ""),
        key="project-open",
        on_change=follow,
        placeholder=_("Choose a project"),
        width=480,
    )


def edit_project(round_: Round, one: Listed) -> None:
    """Draw the form of a project and do what is pressed."""
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
            save = st.button(_("Save the project"), type="primary", key=fields.key("save"))
            off = st.button(_("Take off the ballot"), key=fields.key("off"))
            shut = st.button(_("Close"), key=fields.key("shut"))
    if shut:
        _leave()
    if save and not fields.wrong:
        to = projects.changed(one, title=one.title | title, text=one.text | text, cost=cost or 0)
        _do(round_, fields, "save", to)
    if off:
        _do(round_, fields, "off", one)


def _do(round_: Round, fields: Fields, what: Literal["save", "off"], to: Listed) -> None:
    try:
        with visit.transaction() as session:
            if what == "save":
                projects.edit(session, visit.visitor(), round_.id, to.code, to, visit.at())
            else:
                projects.take_off(session, visit.visitor(), round_.id, to.code, visit.at())
    except GlasError as refusal:
        if not fields.refuse(refusal):
            notices.refused(refusal)
        st.rerun()
    notices.keep(_("The project is saved.") if what == "save" else _("Taken off the ballot. The idea stays accepted."))
    _leave()


def _leave() -> None:
    del st.query_params["project"]
    st.rerun()
