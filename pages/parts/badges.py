"""Where an idea stands, in words, with icon and colour, and its way so far."""

from __future__ import annotations

from dataclasses import dataclass

from core.ideas import Idea, IdeaStatus
from pages.parts import dates, money
from pages.parts.i18n import _, told


@dataclass(frozen=True, slots=True)
class Badge:
    """A small mark: its words, its icon, and the look of `g-tag`."""

    text: str
    icon: str
    look: str


@dataclass(frozen=True, slots=True)
class Point:
    """One point on the way of an idea."""

    title: str
    state: str  # done | now | next
    when: str = ""
    text: str = ""


def badge(status: IdeaStatus, *, listed: bool = False) -> Badge:
    """Return the mark of an idea; `listed` says that it stands on the ballot."""
    if listed:
        return Badge(_("On the ballot"), "how_to_vote", "pl")
    return {
        IdeaStatus.draft: Badge(_("Draft"), "edit", "in"),
        IdeaStatus.waiting: Badge(_("Under review"), "schedule", "in"),
        IdeaStatus.returned: Badge(_("Returned for changes"), "undo", "wa"),
        IdeaStatus.accepted: Badge(_("Passed the review"), "check_circle", "ok"),
        IdeaStatus.rejected: Badge(_("Not on the ballot"), "block", "er"),
        IdeaStatus.withdrawn: Badge(_("Withdrawn"), "remove_circle", "in"),
    }[status]


def reason(idea: Idea) -> str:
    """Return what the reviewer wrote to the public, or nothing."""
    return told(idea.review.reason) if idea.review and idea.review.reason else ""


def way(idea: Idea, *, listed: bool, currency: str, zone: str) -> tuple[Point, ...]:
    """Return the points of an idea's way: proposed, reviewed (with the public reason), on the ballot."""
    sent = dates.day(idea.submitted_at, zone=zone, year=True) if idea.submitted_at else ""
    points = [Point(_("Proposed"), "done", sent)]
    if idea.status is IdeaStatus.withdrawn:
        return (*points, Point(_("Withdrawn by its author"), "now"))
    if idea.review is None or idea.status is IdeaStatus.waiting:
        return (*points, Point(_("Waiting for the review"), "now"), Point(_("On the ballot"), "next"))
    when = dates.day(idea.review.at, zone=zone, year=True)
    verdict = {
        IdeaStatus.returned: _("Reviewed: returned for changes"),
        IdeaStatus.rejected: _("Reviewed: not feasible in this round"),
    }.get(idea.status, _("Reviewed: feasible"))
    if idea.review.cost is not None:
        when += " · " + _("cost: {amount}", amount=money.text(idea.review.cost, currency))
    if idea.status is not IdeaStatus.accepted:
        return (*points, Point(verdict, "now", when, reason(idea)))
    last = Point(_("On the ballot"), "now" if listed else "next")
    return (*points, Point(verdict, "done", when, reason(idea)), last)
