"""Change one project of the ballot, or take it off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.errors import GlasError
from core.ideas import projects
from core.ideas.projects import Listed
from core.rounds import Round
from pages.parts import notices, templates, visit
from pages.parts.forms import Fields, fields_of_languages
from pages.parts.i18n import _


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


def draw(round_: Round, one: Listed) -> None:
    """Draw the form of a project and do what is pressed."""
    fields = Fields(f"project-{round_.id}-{one.code}")
    with st.container(key="card-project"):
        templates.draw(
            "staff_section.html", id="", title=_("Change the project"), text="", tag=one.code, tag_icon="sell"
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
