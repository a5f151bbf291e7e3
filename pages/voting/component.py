"""The ballot component: what it needs to know, and the one call that draws it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote

import streamlit as st

from core.ballots.types import CASTABLE
from core.errors import NotEligible
from core.ideas.projects import Listed
from core.municipalities import Municipality
from core.permissions import Actor
from core.phases import Phase
from core.rounds import Round
from core.voting import MyBallot, order
from core.voting.roll import Eligibility
from pages.assets import COMPONENTS
from pages.parts import dates, money, refusals
from pages.parts.components import component
from pages.parts.i18n import _, language, told
from pages.parts.packed import packed
from pages.parts.templates import TILES as ICONS
from pages.parts.text import inside
from pages.voting import ballot_types, component_texts, receipts

_SCRIPTS = (
    "tools", "types", *(f"type.{name}" for name in CASTABLE),
    "keep", "choice", "cards", "dock", "review", "cast", "ended",
)  # fmt: skip


def ballot(round_: Round, town: Municipality, projects: Sequence[Listed], **rest: Any) -> None:
    """Draw the ballot. Casting goes over HTTP; the page runs again only if the ballot was changed elsewhere."""
    shown = data(round_, town, projects, **rest)
    _component()(key=f"ballot-{round_.slug}", data=packed(shown), on_refresh_change=_nothing)


def data(
    round_: Round, town: Municipality, projects: Sequence[Listed], *,
    voter: Actor, eligibility: Eligibility, saved: MyBallot | None, at: datetime, ended: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Return everything the component shows, in the visitor's language; once voting has `ended`, what was not cast."""
    rules = round_.ballot
    return {
        "slug": round_.slug,
        "voter": order.mark(round_, voter),
        "owner": order.owner(voter),
        "lang": language(),
        "type": rules.type,
        "min": max(1, rules.min_choices or 1),
        "max": rules.max_choices,
        "budget": round_.budget,
        "money": money.pieces(round_.currency),
        "projects": [_project(one, round_, town) for one in order.of_voter(projects, round_, voter, _guest(voter))],
        "saved": _saved(saved, round_, {one.code for one in projects}),
        "known": saved.revision if saved else 0,
        "withdrawn": bool(saved and saved.withdrawn),
        "round": told(round_.titles),
        "may_cast": eligibility.may_vote,
        "next": eligibility.missing,
        "reason": _reason(eligibility, round_),
        "ended": ended,
        "closes_in": round_.seconds_left(at) if round_.phase(at) is Phase.voting else 0,
        "until": dates.until(round_.dates.voting_until, zone=round_.timezone),
        "url": f"/api/rounds/{round_.slug}/ballot?lang={language()}",
        "sign_in": "/sign-in?next=" + quote(f"/vote?round={round_.slug}", safe="/"),
        "join": "/join?next=" + quote(f"/vote?round={round_.slug}", safe="/"),
        "texts": component_texts.texts(ballot_types.of(round_), code_gone=bool(saved and saved.code_gone)),
    }


def _guest(voter: Actor) -> str:
    """Return what tells this guest from others, "" for whoever has a name; her browser keeps the order it leads to."""
    if voter.person_id is not None:
        return ""
    return str(st.session_state.setdefault("ballot-guest", secrets.token_hex(8)))


def _reason(eligibility: Eligibility, round_: Round) -> str:
    """Return why somebody may look and try, but not cast."""
    match eligibility.missing:
        case "sign_in":
            return _("To cast your ballot, log in. Your choice is kept.")
        case "code":
            return _("To cast your ballot, enter your participation code first. Your choice is kept.")
        case "age":
            return refusals.sentence(NotEligible(reason="age", age_min=round_.age_min, age_max=round_.age_max))
        case _:
            return ""


def _project(project: Listed, round_: Round, town: Municipality) -> dict[str, Any]:
    theme = next((one for one in town.categories if one.id == project.category_id), None)
    area = next((one for one in town.areas if one.id == project.area_id), None)
    return {
        "code": project.code,
        "title": told(project.title),
        "name": inside(told(project.title)),
        "text": told(project.text),
        "cost": project.cost,
        "money": money.text(project.cost, round_.currency),
        "place": told(area.names) if area else project.place or "",
        "topic": told(theme.names) if theme else "",
        "theme": theme.code if theme else "other",
        "icon": ICONS.get(theme.code if theme else "", "lightbulb"),
    }


def _saved(saved: MyBallot | None, round_: Round, standing: Collection[str]) -> dict[str, Any] | None:
    """Return her ballot; what was withdrawn since is not told as chosen, or she would seem to have taken it back."""
    if saved is None or saved.withdrawn:
        return None
    told = receipts.told(saved.receipt, round_)
    kept = {
        "revision": saved.revision,
        "choices": [code for code in saved.choices if code in standing],
        "sealed": saved.sealed,
        "withheld": saved.withheld,
    }
    return {**told, **kept, "until": told["until_text"]}


@cache
def _script() -> str:
    """Return the script of the component; it stands in several files, one subject each."""
    names = [*(f"ballot.{name}.js" for name in _SCRIPTS), "ballot.js"]
    return "\n".join((COMPONENTS / "ballot" / name).read_text("utf-8") for name in names)


def _component() -> Any:
    return component("ballot", js=_script())


def _nothing() -> None:
    """Only so that Streamlit runs the page again."""
