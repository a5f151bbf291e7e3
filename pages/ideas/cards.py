"""Cards of ideas and projects: what the one element that draws them needs to know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core import hidden
from core.ideas import Idea, IdeaStatus
from core.ideas.projects import Listed
from core.municipalities import Municipality
from core.phases import Phase
from core.rounds import Round
from pages.parts import dates, money, names, templates, visit
from pages.parts.i18n import _, told
from pages.parts.links import here
from pages.parts.notices import Badge
from pages.rounds import voided


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


def of_ideas(
    ideas: Iterable[Idea],
    town: Municipality,
    *,
    listed: Collection[int] = (),
    gone: Collection[int] = (),
    void: bool = False,
    closed: bool = False,
) -> list[Card]:
    """Return the cards of ideas; `listed` are the ids of those that stand on the ballot, `void`: the round is.

    `closed`: nothing can come onto the ballot any more.
    """
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
            badge=badge(idea.status, listed=idea.id in listed, gone=idea.id in gone, void=void, closed=closed),
            mark=_mark(idea) if idea.hidden else _("Your idea") if idea.mine else "",
        )
        for idea in ideas
    ]


def in_parts(projects: Sequence[Listed], funded: Collection[str] | None) -> list[tuple[str, list[Listed]]]:
    """Return projects under their headings: in a decided round the chosen ones and the others, else all without one."""
    if funded is None:
        return [("", list(projects))]
    chosen = [one for one in projects if one.code in funded]
    others = [one for one in projects if one.code not in funded]
    return [(title, some) for title, some in ((_("Chosen"), chosen), (_("Not chosen this time"), others)) if some]


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
            badge=_standing(project, funded),
        )
        for project in projects
    ]


def _mark(idea: Idea) -> str:
    return _("Hidden") if hidden.ALL in idea.hidden else _("Partly hidden")


def _standing(project: Listed, funded: Collection[str] | None) -> Badge | None:
    if project.withdrawn:
        return _gone()
    if funded is None:
        return None
    return chosen_mark(project.code in funded)


def chosen_mark(funded: bool) -> Badge:
    """Return the mark of a project of a decided round."""
    if funded:
        return Badge(_("Selected for funding"), "verified", "ok")
    return Badge(_("Not selected this time"), "do_not_disturb_on", "in")


def category_code(town: Municipality, category_id: int | None) -> str | None:
    """Return the code by which the tile of a category is found."""
    return next((one.look for one in town.categories if one.id == category_id), None)


def category_name(town: Municipality, category_id: int | None) -> str:
    """Return the name of a category in the current language, empty if there is none."""
    return next((templates.told(one.names) for one in town.categories if one.id == category_id), "")


def area_name(town: Municipality, area_id: int | None) -> str:
    """Return the name of an area in the current language, empty if there is none."""
    return next((templates.told(one.names) for one in town.areas if one.id == area_id), "")


@dataclass(frozen=True, slots=True)
class Point:
    """One point on the way of an idea."""

    title: str
    state: str  # done | now | next
    when: str = ""
    text: str = ""


def fixed(round_: Round, at: datetime) -> bool:
    """Return whether nothing can come onto the ballot any more."""
    return round_.locked or round_.phase(at) in (Phase.counting, Phase.results, Phase.implementation)


def badge(
    status: IdeaStatus, *, listed: bool = False, gone: bool = False, void: bool = False, closed: bool = False
) -> Badge:
    """Return the mark of an idea.

    `listed`: it stands on the ballot, `gone`: its project was withdrawn from there, `void`: its round is, `closed`:
    nothing can come onto the ballot any more.
    """
    if gone:
        return _gone()
    if closed and not listed and not void and status is IdeaStatus.accepted:
        return Badge(_("Not put on the ballot"), "block", "wa")
    if void and (listed or status in (IdeaStatus.waiting, IdeaStatus.returned)):
        return Badge(_("The round is void"), "block", "in")
    if listed:
        return Badge(_("On the ballot"), "how_to_vote", "pl")
    return {
        IdeaStatus.draft: Badge(_("Draft"), "edit", "in"),
        IdeaStatus.waiting: Badge(_("Under review"), "schedule", "in"),
        IdeaStatus.returned: Badge(_("Returned for changes"), "undo", "wa"),
        IdeaStatus.accepted: Badge(_("Feasible"), "check_circle", "ok"),
        IdeaStatus.rejected: Badge(_("Not feasible in this round"), "block", "er"),
        IdeaStatus.withdrawn: Badge(_("Withdrawn"), "remove_circle", "in"),
        IdeaStatus.not_shown: Badge(_("Not shown"), "visibility_off", "er"),
    }[status]


def _gone() -> Badge:
    return Badge(_("Withdrawn project"), "block", "wa")


def reason(idea: Idea) -> str:
    """Return what the reviewer wrote, with for whom where that is not everyone; nothing where nothing was written."""
    if not idea.review or not idea.review.reason:
        return ""
    if idea.status is IdeaStatus.not_shown:
        return _("Only the author and staff read this reason: {reason}", reason=told(idea.review.reason))
    return told(idea.review.reason)


def hidden_note(idea: Idea) -> str:
    """Return, for those who still see it, what of an idea is hidden from the others, and why."""
    found: dict[str, list[str]] = {}
    for part, why in idea.hidden.items():
        found.setdefault(told(why), []).append(part)
    return " ".join(
        _("Hidden from everyone but staff and the author: {parts}. Public reason: {reason}", parts=parts, reason=why)
        for why, each in found.items()
        # Whoever hides all of it hides every part.
        for parts in (names.part(hidden.ALL) if hidden.ALL in each else ", ".join(map(names.part, each)),)
    )


def byline(idea: Idea) -> str:
    """Return who proposed an idea, if that may be said."""
    if idea.author:
        return _("submitted by {name}", name=idea.author)
    return _("its author's name is hidden") if "nickname" in idea.hidden else _("its author has left Glas")


def way(idea: Idea, round_: Round, *, listed: bool, gone: bool, closed: bool = False) -> tuple[Point, ...]:
    """Return the points of an idea's way: proposed, reviewed with the public reason, on the ballot or `gone`.

    `closed`: nothing can come onto the ballot any more; an idea that is not there has gone its way to the end.
    """
    zone, since = round_.timezone, voided.since(round_)
    stopped = [Point(_("The round is void"), "now", since)] if since else []
    sent = dates.day(idea.submitted_at, zone=zone, year=True) if idea.submitted_at else ""
    points = [Point(_("Submitted"), "done", sent)]
    if idea.status is IdeaStatus.withdrawn:
        return (*points, Point(_("Withdrawn by its author"), "now"))
    if idea.review is None or idea.status is IdeaStatus.waiting:
        coming = stopped or [Point(_("Waiting for the review"), "now"), Point(_("On the ballot"), "next")]
        return (*points, *coming)
    when = dates.day(idea.review.at, zone=zone, year=True)
    verdict = {
        IdeaStatus.returned: _("Reviewed: returned for changes"),
        IdeaStatus.rejected: _("Reviewed: not feasible in this round"),
        IdeaStatus.not_shown: _("Reviewed: it breaks the rules and is not shown"),
    }.get(idea.status, _("Reviewed: feasible"))
    if idea.review.cost is not None:
        when += " · " + _("cost: {amount}", amount=money.text(idea.review.cost, round_.currency))
    if idea.status is not IdeaStatus.accepted:
        return (*points, Point(verdict, "done" if stopped else "now", when, reason(idea)), *stopped)
    if gone:
        return (*points, Point(verdict, "done", when, reason(idea)), Point(_("Withdrawn from the vote"), "now"))
    last = stopped or [Point(_("On the ballot"), "now" if listed else "next")]
    if closed and not listed and not stopped:
        text = _(
            "It is feasible, but the organisers did not put it on the ballot before the first vote. "
            "They can tell you why: {email}",
            email=round_.contact_email or visit.town().contact_email,
        )
        last = [Point(_("Not put on the ballot"), "now", text=text)]
    return (*points, Point(verdict, "done", when, reason(idea)), *last)
