"""A resident's own page, made ready for its template."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.ideas import Idea, IdeaStatus
from core.municipalities import Municipality
from core.people.accounts import Profile
from core.permissions import Role
from core.phases import Phase
from core.rounds import Round
from core.voting import MyBallot
from pages.ideas import cards
from pages.parts import dates, names, templates, visit
from pages.parts.i18n import _, ended
from pages.parts.links import to
from pages.parts.notices import Badge


@dataclass(frozen=True, slots=True)
class BallotLine:
    """The one permanent line that says that a ballot counts, or that it was taken back."""

    text: str
    href: str
    label: str
    look: str = "ok"


@dataclass(frozen=True, slots=True)
class Mine:
    """One of the resident's own ideas."""

    href: str
    title: str
    category: str | None
    badge: Badge
    mark: str
    reason: str


def votable(round_: Round, at: datetime) -> bool:
    """Return whether a ballot of this round can still be of interest to its voter."""
    return not round_.imported and (round_.voided_at is not None or round_.phase(at) in (Phase.voting, Phase.counting))


def about(profile: Profile, town: Municipality) -> str:
    """Return one line on the account: where, how it signs in, and roles beyond that of a resident."""
    roles = [names.role(role) for role in sorted(profile.roles - {Role.resident})]
    parts = [cards.area_name(town, profile.area_id), profile.email or "", *roles]
    return " · ".join(part for part in parts if part)


def notes(profile: Profile, asked: str) -> list[str]:
    """Return what the owner must know: that the name is hidden, that somebody asked to delete the account.

    `asked`: on whose behalf, "" if nobody has.
    """
    found = []
    if profile.name_hidden:
        reason = ended(templates.told(profile.name_hidden))
        found.append(
            _("Others do not see your name any more. Reason: {reason} Choose another one below.", reason=reason)
        )
    if asked:
        found.append(
            _(
                "An organiser was asked to delete this account. It is deleted as soon as another organiser agrees. "
                "If neither you nor a parent wants that, write to the municipality now: {email}.",
                email=visit.town().contact_email,
            )
        )
    return found


def view(
    mine: Sequence[Idea],
    seen: Sequence[Round],
    ballots: Mapping[int, MyBallot],
    gone: Mapping[int, str],
    town: Municipality,
    at: datetime,
    *,
    listed: Collection[int] = (),
) -> dict[str, object]:
    """Return the values of `account.html`.

    `gone`: what is told of ballots that left the box with their code; `listed`: which of the ideas are on a ballot.
    """
    void = {one.id for one in seen if one.voided_at}
    closed = {one.id for one in seen if cards.fixed(one, at)}
    collects = next((one for one in seen if one.phase(at) is Phase.ideas and not one.voided_at), None)
    slugs = {one.id: one.slug for one in seen}
    return {
        "ballots": [_ballot(one, ballot, gone[one.id], at) for one in seen if (ballot := ballots.get(one.id))],
        "ideas": [
            _idea(
                one,
                town,
                slugs.get(one.round_id, ""),
                void=one.round_id in void,
                listed=one.id in listed,
                closed=one.round_id in closed,
            )
            for one in mine
        ],
        "nothing": _("No idea of yours yet."),
        "propose": to("/propose", round=collects.slug) if collects else "",
    }


def _ballot(round_: Round, ballot: MyBallot, gone: str, at: datetime) -> BallotLine:
    title, until = templates.told(round_.titles), dates.until(round_.dates.voting_until, zone=round_.timezone)
    if round_.voided_at:
        text = _("{round}: the round is void, your vote is not counted.", round=title)
        return BallotLine(text, to("/results", round=round_.slug), _("See why"), "in")
    if gone:
        text = _("{round}: {what}", round=title, what=gone)
        return BallotLine(text, to("/rules", round=round_.slug), _("What was changed"), "wa")
    if round_.phase(at) is Phase.voting and ballot.withdrawn:
        text = _("{round}: your vote is withdrawn. Until {date} you can vote again.", round=title, date=until)
        return BallotLine(text, to("/vote", round=round_.slug), _("Vote again"), "in")
    if ballot.withdrawn:
        text = _("{round}: your vote is withdrawn and is not counted.", round=title)
        return BallotLine(text, to("/board", round=round_.slug), _("Check your ballot"), "in")
    if round_.phase(at) is Phase.voting:
        text = _("{round}: your vote counts. You may change it until {date}.", round=title, date=until)
        return BallotLine(text, to("/vote", round=round_.slug), _("Change your vote"))
    text = _("{round}: your vote is in the ballot box.", round=title)
    return BallotLine(text, to("/board", round=round_.slug), _("Check your ballot"))


def _idea(idea: Idea, town: Municipality, slug: str, **standing: bool) -> Mine:
    unfinished = idea.status is IdeaStatus.draft
    if unfinished:
        mark = _("Only you see it. Finish it and send it.")
    else:
        mark = _("sent on {date}", date=dates.day(idea.submitted_at)) if idea.submitted_at else ""
    return Mine(
        href=to("/propose", round=slug) if unfinished else to("/idea", round=slug, id=idea.id),
        title=templates.told(idea.title) or _("No title yet"),
        category=cards.category_code(town, idea.category_id),
        badge=cards.badge(idea.status, **standing),
        mark=mark,
        reason=" ".join(part for part in (cards.hidden_note(idea), cards.reason(idea)) if part),
    )
