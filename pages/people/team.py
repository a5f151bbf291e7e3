"""The team as a table, and what an organiser can do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.people import team
from core.people.team import Invitation, Member
from core.permissions import Actor
from core.settings import settings
from pages.parts import dates, grids, names, templates, visit
from pages.parts.grids import Column, Grid
from pages.parts.i18n import _
from pages.parts.text import plain


def draw_all(members: Sequence[Member], waiting: Sequence[Invitation]) -> None:
    """Draw who has which role, and the links that nobody has opened yet."""
    columns = (Column("name", _("Name")), Column("roles", _("Roles")), Column("second", _("Second step")))
    rows = [
        (
            one.nickname,
            ", ".join(names.role(role) for role in sorted(one.roles)),
            _("yes") if one.second_step else _("no"),
        )
        for one in members
    ]
    grids.show_grid(Grid(_("Team"), "team", columns, rows))
    if waiting:
        links = [{"role": names.role(one.role), "until": dates.moment(one.expires_at)} for one in waiting]
        templates.draw("people/team.html", waiting=links)


def choose(
    actor: Actor, members: Sequence[Member], waiting: Sequence[Invitation]
) -> Callable[[Any], str | None] | None:
    """Draw what can be done and return what was chosen: a function of a session; a string it returns is a new link."""
    may, at = sorted(team.may_invite(actor)), visit.at()
    with st.container(key="card-team"):
        templates.draw("parts/staff_section.html", id="", title=_("Invite by a link"), text="", tag="", tag_icon="")
        for role in may:
            if st.button(_("New link: {role}", role=names.role(role)), key=f"invite-{role}"):
                return lambda session: team.invite(session, actor, role, at=at)
    for one in waiting:
        if one.role in may and st.button(
            _(
                "Take back the link for: {role}, until {date}",
                role=names.role(one.role),
                date=dates.moment(one.expires_at),
            ),
            key=f"back-{one.key}",
        ):
            return lambda session: team.take_back(session, actor, one.key, at=at)
    for member in members:
        for role in sorted(member.roles & set(may)):
            label = _("Take the role {role} from {name}", role=names.role(role), name=plain(member.nickname))
            if st.button(label, key=f"take-{role}-{member.person_id}"):
                return lambda session: team.take_role(session, actor, member.person_id, role, at=at)
    return None


def address(token: str) -> str:
    """Return the link that offers what `token` stands for."""
    return f"{settings().url}/invited?link={token}"
