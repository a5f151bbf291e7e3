"""The ballot as a table to type into, and the accepted ideas that may join it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import streamlit as st

from core.errors import GlasError
from core.ideas import Idea, projects
from core.ideas.projects import Listed
from core.municipalities import Municipality
from core.rounds import Round
from pages.ideas import ballot_list
from pages.parts import forms, grids, money, notices, refusals, templates, visit
from pages.parts.grids import Column, Grid
from pages.parts.i18n import _, language, n_
from pages.parts.links import to
from pages.parts.text import plain
from pages.rounds import corrected

# Column of the titles in a language: this and the language.
_TITLE = "title_"
_PUT = ":material/how_to_vote:"


def draw_list(round_: Round, listed: Sequence[Listed], town: Municipality) -> None:
    """Draw the projects to look at."""
    columns = (Column("title", _("Project")), Column("cost", _("Cost"), "money"), Column("where", _("Area")))
    rows = [(corrected.titled(one), one.cost, ballot_list.where(one, town)) for one in listed]
    grids.show_grid(Grid(_("On the ballot"), f"ballot-{round_.slug}", columns, rows, round_.currency))


def edit_list(round_: Round, listed: Sequence[Listed], town: Municipality, reason: str = "") -> None:
    """Draw the projects; titles and costs are typed into the table and saved together.

    Of a public round they are asked for together, with the public `reason`.
    """
    columns = (
        *(Column(_TITLE + each, forms.in_words(_("Title"), each), edit=True, most=90) for each in town.languages),
        Column("cost", _("Cost"), "money", edit=True, width="small"),
        Column("where", _("Area"), width="medium"),
    )
    titles = [[one.title.exactly(each) for each in town.languages] for one in listed]
    rows = [(*words, one.cost, ballot_list.where(one, town)) for one, words in zip(listed, titles, strict=True)]
    links = [to("/ballot-list", round=round_.slug, project=one.code) for one in listed]
    grid = Grid(_("On the ballot"), f"ballot-{round_.slug}", columns, rows, round_.currency, links=links)
    # Another list is another table: what was typed for one row must not land in another.
    codes = sha256(" ".join(one.code for one in listed).encode()).hexdigest()[:8]
    saved = st.session_state.get("ballot-saved", 0)
    key = f"ballot-{round_.id}-{language()}-{codes}-{saved}"
    typed = grids.edit(grid, key, _("Save the changes") if round_.draft else _("Ask for the changes"))
    if typed is not None:
        refusal = _save(round_, changes(listed, typed, round_.currency), reason)
        # Kept with what it is about, so that it stays until something else is typed.
        st.session_state[f"refused-{key}"] = (typed, refusal)
    else:
        about, refusal = st.session_state.get(f"refused-{key}", ({}, ""))
        refusal = refusal if about == st.session_state[key]["edited_rows"] else ""
    if refusal:
        st.error(plain(refusal), icon=":material/error:")
    grids.beside(grid)


def changes(listed: Sequence[Listed], typed: Mapping[int, Mapping[str, Any]], currency: str) -> list[Listed]:
    """Return the projects that differ by what was typed into their rows."""
    found = []
    for at, cells in sorted(typed.items()):
        one = listed[at]
        words = {name.removeprefix(_TITLE): text or "" for name, text in cells.items() if name.startswith(_TITLE)}
        title = one.title | words
        cost = money.minor(cells["cost"] or 0, currency) if "cost" in cells else one.cost
        if (title, cost) != (one.title, one.cost):
            found.append(projects.changed(one, title=title, cost=cost))
    return found


def _save(round_: Round, changed: Sequence[Listed], reason: str) -> str:
    """Save all that was changed, or nothing; return why it was refused, "" if there was nothing to save."""
    if not changed:
        st.info(_("Nothing was changed."))
        return ""
    one = changed[0]
    try:
        with visit.transaction() as session:
            if not round_.draft:
                actor, at = visit.visitor(), visit.at()
                projects.ask_change(session, actor, round_.id, at=at, reason=reason, edited=changed)
            for one in changed if round_.draft else ():
                projects.edit(session, visit.visitor(), round_.id, one.code, one, visit.at())
    except GlasError as refusal:
        if getattr(refusal, "field", "") in ("reason", "change"):
            return refusals.sentence(refusal)
        return f"{templates.told(one.title) or one.code}: {refusals.sentence(refusal)}"
    st.session_state["ballot-saved"] = st.session_state.get("ballot-saved", 0) + 1
    if round_.draft:
        notices.keep(n_("{count} project is saved.", "{count} projects are saved.", len(changed)))
    else:
        notices.keep(ballot_list.asked(), "in")
    st.rerun()


def choose(round_: Round, ready: Sequence[Idea], town: Municipality) -> tuple[Idea, ...]:
    """Draw the accepted ideas and return those that shall go on the ballot now."""
    columns = (Column("title", _("Idea")), Column("cost", _("Cost"), "money"), Column("where", _("Area")))
    rows = [(templates.told(one.title), one.cost, ballot_list.where(one, town)) for one in ready]
    links = [to("/idea", id=one.id) for one in ready]
    grids.show_grid(Grid(_("Feasible ideas"), f"accepted-{round_.slug}", columns, rows, round_.currency, links))
    if len(ready) == 1:
        return tuple(ready) if st.button(_("Put on the ballot"), icon=_PUT) else ()
    by_id = {one.id: templates.told(one.title) for one in ready}
    chosen = st.multiselect(
        _("Which of them?"),
        list(by_id),
        format_func=lambda one: by_id.get(one, ""),
        key=f"put-{round_.id}",
        placeholder=_("Choose ideas"),
    )
    with st.container(horizontal=True):
        some = st.button(_("Put the chosen ones on the ballot"), icon=_PUT)
        every = st.button(_("Put all of them on the ballot"), type="primary")
    if some and not chosen:
        st.error(_("Choose at least one idea."))
    return tuple(one for one in ready if every or (some and one.id in chosen))
