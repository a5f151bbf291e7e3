"""What waits for the consent of the organiser who looks."""

from __future__ import annotations

from collections.abc import Iterable

from core.permissions import Action, Actor, Role
from core.rounds import Round, second_person
from pages.journal import words
from pages.parts import templates, visit
from pages.parts.i18n import _
from pages.parts.links import Link, to

_CLOSING = frozenset({Action.close_vote, Action.draw_ties, Action.count})


def notice(actor: Actor, rounds: Iterable[Round]) -> None:
    """Tell an organiser of each step that somebody else has asked for; nothing to anyone else."""
    if Role.organiser not in actor.roles:
        return
    with visit.reading() as session:
        waits = [
            (round_, one)
            for round_ in rounds
            for one in second_person.pending(session, actor, round_.id)
            if not one.mine
        ]
    for round_, one in waits:
        page = "/closing" if one.action in _CLOSING else "/studio"
        text = _(
            "{round}: waits for your consent – {action}.",
            round=templates.told(round_.titles),
            action=words.wish(one.action),
        )
        link = Link(to(page, round=round_.slug), _("Look at it"))
        templates.draw("note.html", look="wa", icon_name="hourglass_top", text=text, link=link, live=False)
