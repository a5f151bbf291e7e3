"""The filters of the list of ideas: widgets that keep themselves in the address, so that a link keeps them too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import streamlit as st

from core.ideas import Idea
from core.municipalities import Area, Category, Municipality
from core.rounds import Round
from pages.parts import forms, money, templates
from pages.parts.i18n import _, n_
from pages.parts.links import Link, to

PAGE = 12
_NAMES = ("q", "area", "cost", "theme", "order")
_STEPS = (500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty or None means everything."""

    query: str
    area: int | None
    max_cost: int | None
    category: int | None
    order: str
    chips: tuple[Link, ...]  # one for each filter that is on; its address is the list without it


def ask(town: Municipality, round_: Round, all_ideas: Iterable[Idea]) -> Filters:
    """Draw the filters and return what they are set to. What is retired is offered where an idea stands in it."""
    used = {key for one in all_ideas for key in (("area", one.area_id), ("theme", one.category_id))}
    _follow_address()
    areas = _places(town.areas, "area", used)
    themes = _places(town.categories, "theme", used)
    costs = {str(step): money.text(step, round_.currency) for step in _cost_steps(round_)}
    on = sum(bool(st.query_params.get(name)) for name in ("area", "cost", "theme"))
    with st.container(key="filters", horizontal=True, vertical_alignment="bottom"):
        query = _text(_("Search ideas"), _("Search by word or place"))
        order = _choice("order", _("Order"), {"new": _("Newest"), "shuffled": _("Shuffled")})
        label = n_("Filters: {count} is on", "Filters: {count} are on", on) if on else _("Filters")
        with st.popover(label, icon=":material/tune:"):
            theme = _choice("theme", _("Topic"), {"": _("All topics"), **themes}) if themes else ""
            area = _choice("area", _("Area"), {"": _("All areas"), **areas}) if areas else ""
            cost = _choice("cost", _("Cost up to"), {"": _("Any cost"), **costs})
    _keep(q=query, area=area, cost=cost, theme=theme, order="" if order == "new" else order)
    return Filters(
        query=query,
        area=next((one.id for one in town.areas if one.code == area), None),
        max_cost=int(cost) if cost else None,
        category=next((one.id for one in town.categories if one.code == theme), None),
        order=order,
        chips=_chips(
            {
                "q": _("'{text}'", text=query) if query else "",
                "theme": themes.get(theme, ""),
                "area": areas.get(area, ""),
                "cost": _("up to {amount}", amount=costs[cost]) if cost else "",
            }
        ),
    )


def _places(
    known: Iterable[Area] | Iterable[Category], kind: str, used: Collection[tuple[str, int | None]]
) -> dict[str, str]:  # fmt: skip
    return {one.code: templates.told(one.names) for one in known if not one.retired or (kind, one.id) in used}


def _follow_address() -> None:
    """Set the widgets anew when the address was changed by a link, not by them."""
    address = {name: st.query_params.get(name, "") for name in _NAMES}
    if address != st.session_state.get("ideas-address", address):
        for name in _NAMES:
            st.session_state.pop(f"ideas-{name}", None)


def _cost_steps(round_: Round) -> list[int]:
    most = round_.max_cost or round_.budget
    return [step * 100 for step in _STEPS if (round_.min_cost or 0) < step * 100 < most]


def _text(label: str, placeholder: str) -> str:
    st.session_state.setdefault("ideas-q", st.query_params.get("q", "")[:80])
    return str(
        st.text_input(
            label, key="ideas-q", placeholder=placeholder, icon=":material/search:", autocomplete="off", max_chars=80
        )
        or ""
    ).strip()


def _choice(name: str, label: str, options: dict[str, str]) -> str:
    key, first, options = forms.spoken(f"ideas-{name}"), next(iter(options)), forms.told_apart(options)
    st.session_state.setdefault(key, st.query_params.get(name, first))
    if st.session_state[key] not in options:
        st.session_state[key] = first
    named: Callable[[str], str] = options.__getitem__
    return str(st.selectbox(label, list(options), key=key, format_func=named, filter_mode=None, placeholder=""))


def _keep(**values: str) -> None:
    """Write the filters into the address; the page count starts anew when one has changed."""
    changed = False
    for name, value in values.items():
        if st.query_params.get(name, "") != value:
            changed = True
            if value:
                st.query_params[name] = value
            else:
                del st.query_params[name]
    if changed:
        st.session_state.pop("ideas-shown", None)
    st.session_state["ideas-address"] = {name: st.query_params.get(name, "") for name in _NAMES}


def _chips(named: dict[str, str]) -> tuple[Link, ...]:
    current = {name: st.query_params.get(name) for name in (*_NAMES, "round")}
    return tuple(Link(to("/ideas", **{**current, name: None}), text) for name, text in named.items() if text)
