"""Batches of participation codes as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core import codes
from core.codes import Batch
from core.errors import GlasError
from core.rounds import Round
from pages.parts import dates, grids, notices, templates, visit
from pages.parts.grids import Column, Grid
from pages.parts.i18n import _, n_


def draw_all(round_: Round, batches: Sequence[Batch]) -> None:
    """Draw the batches with used and unused codes."""
    if not batches:
        templates.draw("parts/staff_text.html", text=_("No codes yet."))
        return
    shown = view(batches)
    templates.draw("parts/part_head.html", title=shown["caption"], text=shown["few"])
    grids.show_grid(grid(round_, shown["rows"]))


def view(batches: Sequence[Batch]) -> dict[str, Any]:
    """Return the rows, what their numbers come to, and why some are not told."""
    # In the sum only what stands in the rows, or the difference would tell of a small batch.
    told = [one for one in batches if one.used is not None]
    used, made = sum(one.used or 0 for one in told), sum(one.count for one in told)
    return {
        "rows": [
            {
                "label": one.label,
                "state": _state(one),
                "count": one.count,
                "used": one.used,
                "unused": one.unused,
            }
            for one in batches
        ],
        "few": _untold(batches),
        "caption": n_("{used} of {count} code used", "{used} of {count} codes used", made, used=used)
        if told
        else _("Batches of codes"),
    }


def grid(round_: Round, rows: Sequence[Mapping[str, Any]]) -> Grid:
    """Return the table of batches. Which person used a code is kept nowhere."""
    columns = (
        Column("label", _("School or place")),
        Column("state", _("State")),
        Column("used", _("Used"), "number", width="small"),
        Column("unused", _("Unused"), "number", width="small"),
        Column("count", _("All"), "number", width="small"),
    )
    cells = [tuple(row[one.name] for one in columns) for row in rows]
    return Grid(_("Batches of codes"), f"batches-{round_.slug}", columns, cells)


def _untold(batches: Sequence[Batch]) -> str:
    """Return why a number used is not shown, "" where all are."""
    if any(one.forgotten for one in batches):
        return _("The codes were deleted when the round was anonymised. How many were used is not known any more.")
    if any(one.used is None for one in batches):
        return _(
            "Of batches with fewer than {least} codes the number used is not shown: it would tell who has used hers.",
            least=codes.LEAST_TOLD,
        )
    return ""


def _state(one: Batch) -> str:
    if one.released:
        return _("released")
    return _("waits for another organiser") if one.mine else _("waits for you")


def waiting(round_: Round, batches: Sequence[Batch]) -> None:
    """Draw what waits to be released, with its buttons, and do what is pressed."""
    for one in batches:
        if one.released:
            continue
        with st.container(key=f"card-batch-{one.id}"):
            title = _("New code in place of a lost one: {place}", place=one.label) if one.reissued else one.label
            codes_ = n_("{count} code", "{count} codes", one.count)
            made = _("Made on {date}. {codes}.", date=dates.moment(one.created_at), codes=codes_)
            why = (
                _("It works as soon as another organiser releases it.")
                if one.mine
                else _("It waits for you: release it if you know what it is for.")
            )
            templates.draw("parts/part_head.html", title=title, text=f"{made} {why}")
            with st.container(horizontal=True):
                if not one.mine and st.button(_("Release"), key=f"release-{one.id}", type="primary"):
                    _act(codes.release, round_, one, _("Released. The codes work from now on."))
                if st.button(_("Discard"), key=f"discard-{one.id}"):
                    _act(codes.discard, round_, one, _("Discarded. The codes will never work."))


def _act(step: Callable[..., object], round_: Round, one: Batch, done: str) -> None:
    try:
        with visit.transaction() as session:
            step(session, visit.visitor(), round_.id, one.id, at=visit.at())
    except GlasError as refusal:
        notices.refused(refusal)
    else:
        notices.keep(done)
    st.rerun()
