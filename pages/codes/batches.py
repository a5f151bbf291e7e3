"""Batches of participation codes as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core import codes
from core.codes import Batch, slips
from core.errors import GlasError
from core.permissions import Action
from core.rounds import Round
from pages.codes import waiting_slips
from pages.parts import dates, grids, notices, templates, visit
from pages.parts.forms import Fields
from pages.parts.grids import Column, Grid
from pages.parts.i18n import _, n_
from pages.rounds import two_people
from pages.rounds.two_people import TwoPersonStep, Waiting


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
    if any(one.used is None and not one.stopped for one in batches):
        return _(
            "Of batches with fewer than {least} codes the number used is not shown: it would tell who has used their "
            "own.",
            least=codes.LEAST_TOLD,
        )
    return ""


def _state(one: Batch) -> str:
    if one.stopped:
        return _("stopped")
    if one.released:
        return _("released")
    return _("waits for another organiser") if one.mine else _("waits for you")


def waiting(round_: Round, batches: Sequence[Batch], requests: Waiting) -> None:
    """Draw what waits to be released, with its buttons, and do what is pressed."""
    for one in batches:
        asked = requests.of(Action.release_codes, str(one.id))
        if one.released:
            continue
        with st.container(key=f"card-batch-{one.id}"):
            title = _("New code in place of a lost one: {place}", place=one.label) if one.reissued else one.label
            codes_ = n_("{count} code", "{count} codes", one.count)
            made = _("Made on {date}. {codes}.", date=dates.moment(one.created_at), codes=codes_)
            lost = _("It takes the place of the code on slip № {number}.", number=one.lost) if one.lost else ""
            text = " ".join(filter(None, (made, lost, _waits(one))))
            templates.draw("parts/part_head.html", title=title, text=text)
            if one.mine:
                waiting_slips.draw(round_, one)
            with st.container(horizontal=True):
                if (
                    not one.mine
                    and asked
                    and two_people.press(round_, asked, _("Release"), f"release-{one.id}", type="primary")
                ):
                    release = partial(codes.release, consent=asked.consent)
                    done = n_(
                        "Released. The code works from now on.", "Released. The codes work from now on.", one.count
                    )
                    _act(release, round_, one, done)
                if st.button(_("Discard"), key=f"discard-{one.id}"):
                    done = n_(
                        "Discarded. The code will never work.", "Discarded. The codes will never work.", one.count
                    )
                    _act(codes.discard, round_, one, done)


def _waits(one: Batch) -> str:
    """Return whom a batch waits for; the second person also what becomes of the slips of whoever made it."""
    if one.mine:
        return n_(
            "It works as soon as another organiser releases it.",
            "They work as soon as another organiser releases them.",
            one.count,
        )  # fmt: skip
    ask = n_(
        "It waits for you: release it if you know what it is for.",
        "They wait for you: release them if you know what they are for.", one.count,
    )  # fmt: skip
    return f"{ask} " + _(
        "With the release the slips are deleted here: first ask whoever made them whether they are saved or printed."
    )


def stopping(round_: Round, batches: Sequence[Batch], requests: Waiting) -> None:
    """Draw the stops that wait, and the way to ask for one."""
    for one in batches:
        if requests.of(Action.stop_codes, str(one.id)) or requests.ended(Action.stop_codes, str(one.id)):
            with st.container(key=f"card-stop-{one.id}"):
                two_people.draw_step(round_, _stop(round_, one), requests)
    labels = {
        one.id: f"{one.label} · {n_('{count} code', '{count} codes', one.count)}"
        for one in batches
        if one.released and not one.stopped and not one.forgotten and not requests.of(Action.stop_codes, str(one.id))
    }
    if not labels:
        return
    fields = Fields(f"stop-{round_.id}")
    with st.container(key="card-stop"):
        text = _(
            "Only if the slips of a batch were stolen or copied. Two organisers stop it: its codes no longer work, and "
            "whoever has used one may vote again with a new code only; the ballot leaves the box. The number is public."
        )
        templates.draw("parts/part_head.html", title=_("Stop a batch"), text=text)
        chosen = st.selectbox(
            _("Which batch?"), list(labels), index=None, format_func=lambda one: labels.get(one, ""),
            key=f"stop-which-{round_.id}", placeholder=_("Choose a batch"), width=480,
        )  # fmt: skip
        reason = fields.text("reason", _("Public reason"), "", hint=_("Everyone will read this."), long=True, most=500)
        pressed = st.button(_("Ask to stop it"), key=f"stop-go-{round_.id}", disabled=chosen is None)
    if pressed and chosen is not None:
        _ask_stop(round_, chosen, fields, reason)


def _stop(round_: Round, one: Batch) -> TwoPersonStep:
    return TwoPersonStep(
        action=Action.stop_codes,
        do=lambda session, _reason, consent: codes.agree_stop(
            session, visit.visitor(), round_.id, one.id, at=visit.at(), consent=consent or ""
        ),
        title=_("Stop the batch: {place}", place=one.label),
        text=_("Its codes no longer work, and the ballots they led to leave the box."),
        ask="",
        agree=_("Agree and stop the batch"),
        done=_("Stopped. The codes no longer work; how many they were is public."),
        subject=str(one.id),
        asks=False,
    )


def _ask_stop(round_: Round, batch_id: int, fields: Fields, reason: str) -> None:
    try:
        with visit.transaction() as session:
            codes.ask_stop(session, visit.visitor(), round_.id, batch_id, at=visit.at(), reason=reason)
    except GlasError as refusal:
        if not fields.refuse(refusal):
            notices.refused(refusal, lead=True)
    else:
        fields.clear()
        notices.keep(_("Asked. It waits for another organiser."), "in", lead=True)
    st.rerun()


def _act(step: Callable[..., object], round_: Round, one: Batch, done: str) -> None:
    try:
        with visit.transaction() as session:
            step(session, visit.visitor(), round_.id, one.id, at=visit.at())
    except GlasError as refusal:
        notices.refused(refusal, lead=True)
    else:
        slips.forget(one.id)
        notices.keep(done, lead=True)
    st.rerun()
