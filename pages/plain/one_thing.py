"""One idea or one project as a plain page. Who proposed it is not said here."""

from __future__ import annotations

from collections.abc import Collection

from core import hidden, ideas, rounds
from core.errors import GlasError
from core.ideas import projects
from core.ideas.projects import Listed
from core.municipalities import Municipality
from core.rounds import Round
from pages.ideas import actions, cards
from pages.parts import links, notices, templates, visit
from pages.parts.i18n import _
from pages.parts.links import Link
from pages.rounds import corrected, voided


def idea(idea_id: int) -> None:
    """Draw an idea; one that is not public, or that is hidden, is not there."""
    actor, town = visit.visitor(), visit.town()
    try:
        with visit.reading() as session:
            found = ideas.idea(session, actor, idea_id)
            round_ = rounds.get(session, actor, found.round_id)
            every = projects.projects(session, actor, round_.id)
    except GlasError:
        notices.stop(_("There is no such idea"), _("Its author may have withdrawn it, or the address is not complete."))
    if hidden.ALL in found.hidden:
        reason = templates.told(found.hidden[hidden.ALL])
        notices.stop(_("This idea is hidden"), _("Public reason: {reason}", reason=reason), icon="visibility_off")
    listed = next((one for one in every if one.idea_id == found.id), None)
    gone, on_list = listed is not None and bool(listed.withdrawn), listed is not None
    area = cards.area_name(town, found.area_id)
    voided.note(round_)
    corrected.note((listed,) if listed else ())
    templates.draw(
        "ideas/idea.html",
        back=Link(links.to("/ideas", round=round_.slug), _("All ideas")),
        title=found.title,
        byline=area,
        category=cards.category_code(town, found.category_id),
        theme=cards.category_name(town, found.category_id),
        badge=cards.badge(found.status, listed=on_list, gone=gone, void=round_.voided_at is not None),
        cost=listed.cost if listed else found.cost,
        cost_note=_("checked cost") if found.review and found.review.cost is not None else _("rough cost"),
        currency=round_.currency,
        problem=found.problem,
        solution=found.solution,
        solution_title=_("What to do"),
        area=area or _("The whole municipality"),
        place=found.place,
        map=actions.map_link(listed),
        act=actions.main_action(round_, on_list, gone=gone, at=visit.at()),
        history=cards.way(found, round_, listed=on_list, gone=gone),
    )


def project(one: Listed, round_: Round, town: Municipality, funded: Collection[str] | None) -> None:
    """Draw a project; `funded`: the codes chosen, None while nothing is decided."""
    corrected.note((one,))
    (card,) = cards.of_projects((one,), town, funded=funded)
    area = cards.area_name(town, one.area_id)
    templates.draw(
        "plain/project.html",
        back=Link(links.to("/projects", round=round_.slug), _("Projects")),
        one=one,
        card=card,
        currency=round_.currency,
        area=area or _("The whole municipality"),
        map=actions.map_link(one),
    )
