"""Cards of ideas and projects: what the one element that draws them needs to know."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from core.ideas import Idea
from core.ideas.projects import Listed
from core.municipalities import Municipality
from pages.parts import templates
from pages.parts.badges import badge
from pages.parts.i18n import _
from pages.parts.links import here
from pages.parts.notices import Badge


@dataclass(frozen=True, slots=True)
class Card:
    """One card; `category` is the code that picks the tile, `theme` its word."""

    href: str
    title: str
    text: str
    category: str | None
    theme: str
    where: str
    cost: int | None
    cost_note: str
    badge: Badge | None = None
    mark: str = ""


def of_ideas(ideas: Iterable[Idea], town: Municipality, *, listed: Collection[int] = ()) -> list[Card]:
    """Return the cards of ideas; `listed` are the ids of those that stand on the ballot."""
    return [
        Card(
            href=here("/idea", id=idea.id),
            title=templates.told(idea.title),
            text=templates.told(idea.problem) or templates.told(idea.solution),
            category=category_code(town, idea.category_id),
            theme=category_name(town, idea.category_id),
            where=area_name(town, idea.area_id),
            cost=idea.cost,
            cost_note=_("checked cost") if idea.review and idea.review.cost is not None else _("rough cost"),
            badge=badge(idea.status, listed=idea.id in listed),
            mark=_("Your idea") if idea.mine else "",
        )
        for idea in ideas
    ]


def of_projects(projects: Iterable[Listed], town: Municipality, *, funded: Collection[str] | None = None) -> list[Card]:
    """Return the cards of projects; `funded` are the codes chosen, None while nothing is decided."""
    return [
        Card(
            href=here("/idea", id=project.idea_id) if project.idea_id else here("/projects", project=project.code),
            title=templates.told(project.title),
            text=templates.told(project.text),
            category=category_code(town, project.category_id),
            theme=category_name(town, project.category_id),
            where=area_name(town, project.area_id) or project.place or "",
            cost=project.cost,
            cost_note="",
            badge=_chosen(project.code in funded) if funded is not None else None,
        )
        for project in projects
    ]


def _chosen(funded: bool) -> Badge:
    if funded:
        return Badge(_("Selected for funding"), "verified", "ok")
    return Badge(_("Not selected this time"), "do_not_disturb_on", "in")


def category_code(town: Municipality, category_id: int | None) -> str | None:
    """Return the code of a category, by which its tile is found."""
    return next((one.code for one in town.categories if one.id == category_id), None)


def category_name(town: Municipality, category_id: int | None) -> str:
    """Return the name of a category in the current language, empty if there is none."""
    return next((templates.told(one.names) for one in town.categories if one.id == category_id), "")


def area_name(town: Municipality, area_id: int | None) -> str:
    """Return the name of an area in the current language, empty if there is none."""
    return next((templates.told(one.names) for one in town.areas if one.id == area_id), "")
