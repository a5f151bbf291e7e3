"""The forms of a town's areas and topics: a row for each, and a box for new ones, one a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from core import places
from core.municipalities import OTHER, TOPICS, Area, Category, Municipality
from core.places import Kind, Wanted
from core.texts import Texts
from pages.parts import i18n, place_names, refusals, templates
from pages.parts.forms import Fields, name_in
from pages.parts.i18n import _

KINDS: tuple[Kind, ...] = ("category", "area")

Known = Sequence[Area] | Sequence[Category]


@dataclass(frozen=True, slots=True)
class Pressed:
    """What was typed into one of the forms: only what differs from what the form began with."""

    kind: Kind
    wanted: tuple[Wanted, ...]


def ask(kind: Kind, town: Municipality) -> Pressed | None:
    """Draw the form of the areas or of the topics; return what was typed once its button is pressed, else None."""
    fields = _fields(kind)
    # What the form began with: what somebody else has changed meanwhile is not taken back by saving.
    known: Known = st.session_state.setdefault(fields.key("base"), places.known(town, kind))
    with st.container(key=f"card-{kind}"):
        title, new = _words(kind)
        save = _("Save the areas") if kind == "area" else _("Save the topics")
        templates.draw("parts/staff_section.html", id=kind, title=title, text=_empty(kind, known), tag="", tag_icon="")
        wanted = [_row(fields, number, one, town) for number, one in enumerate(known, start=1)]
        hint = _("one a line; between two languages a slash") if len(town.languages) > 1 else _("one a line")
        typed = fields.text("new", new, "", hint=hint, long=True, most=12_000)
        with st.container(horizontal=True):
            pressed = st.button(save, type="primary", key=fields.key("save"))
            if kind == "category" and not known and st.button(_("Take the ready topics"), key=fields.key("ready")):
                return Pressed(kind, tuple(Wanted(names, code=code) for code, names in place_names.ready().items()))
    if not pressed:
        return None
    changed = [one for one, old in zip(wanted, known, strict=True) if one != _wanted(old)]
    return Pressed(
        kind, (*changed, *(Wanted(names) for names in place_names.typed(typed.splitlines(), town.languages)))
    )


def refuse(pressed: Pressed, town: Municipality, held: Mapping[int, Texts]) -> bool:
    """Tell beside its field all that is wrong with what was typed; return whether anything is.

    `held`: what keeps its name, with the title of the round that people vote in.
    """
    fields, told = _fields(pressed.kind), dict[str, str]()
    for fault in places.faults(pressed.wanted, town.language, places.known(town, pressed.kind), held):
        one, said = pressed.wanted[fault.more["row"]], refusals.sentence(fault)
        if one.id is None:
            name, said = "new", _("“{name}”: {problem}", name=i18n.told(one.names), problem=said)
        else:
            name = f"icon-{one.id}" if fault.field == "icon" else name_in(f"name-{one.id}", fault.more["language"])
        told.setdefault(name, said)
    return bool(told) and fields.tell(told)


def renew(kind: Kind) -> None:
    """Let the form start anew from what is kept."""
    _fields(kind).clear()


def _fields(kind: Kind) -> Fields:
    return Fields(f"places-{kind}")


def _row(fields: Fields, number: int, one: Area | Category, town: Municipality) -> Wanted:
    """Draw the fields of one that is there and return what stands in them."""
    names, icon = {}, ""
    name, picture = _("Name"), _("Icon")
    with st.container(key=fields.key(f"row-{one.id}")):
        columns = iter(
            st.columns(len(town.languages) + (2 if isinstance(one, Category) else 1), vertical_alignment="bottom")
        )
        for language in town.languages:
            with next(columns):
                label = f"{number}. {name}"
                names[language] = fields.said(f"name-{one.id}", label, one.names, language, most=places.LONGEST)
        if isinstance(one, Category):
            with next(columns):
                options = {code: place_names.topic(code) for code in (*TOPICS, OTHER)}
                look = one.look if one.look in options else OTHER
                icon = _kept(one, fields.one_of(f"icon-{one.id}", f"{number}. {picture}", options, look))
        with next(columns), st.container(horizontal=True, vertical_alignment="center"):
            if isinstance(one, Category):
                templates.draw("studio/topic_tile.html", category=icon or one.code)
            offer = _("{number}. Offered to new ideas", number=number)
            offered = st.toggle(offer, value=not one.retired, key=fields.key(f"offered-{one.id}"))
    return Wanted(one.names | names, one.id, icon, not offered)


def _kept(one: Category, chosen: str) -> str:
    """Return the icon to be kept: none where it is the one that the topic has anyway."""
    own = one.code if one.code in TOPICS else OTHER
    return "" if chosen == own else chosen


def _wanted(one: Area | Category) -> Wanted:
    return Wanted(one.names, one.id, one.icon if isinstance(one, Category) else "", one.retired)


def _words(kind: Kind) -> tuple[str, str]:
    if kind == "area":
        return _("Areas"), _("New areas")
    return _("Topics"), _("New topics")


def _empty(kind: Kind, known: Known) -> str:
    if known:
        return ""
    return _("There are no areas yet.") if kind == "area" else _("There are no topics yet.")
