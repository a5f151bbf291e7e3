"""Short cards of other rounds: what was decided in them, or what they wait for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.ideas import reviews
from core.ideas.projects import Listed
from core.municipalities import Municipality
from core.permissions import Action, Actor, Role
from core.phases import Phase
from core.results import Result
from core.rounds import Round, second_person
from pages.ideas import ballot_list
from pages.ideas import cards as idea_cards
from pages.journal import words
from pages.parts import dates, templates, visit
from pages.parts.i18n import _
from pages.parts.links import Link, to
from pages.results import telling
from pages.rounds import voided

_PAGES = {
    **dict.fromkeys((Action.close_vote, Action.draw_ties, Action.count, Action.publish_result), "/closing"),
    **dict.fromkeys((Action.release_codes, Action.stop_codes), "/codes"),
    **dict.fromkeys((Action.change_list, Action.withdraw_project, Action.correct_words), "/ballot-list"),
}


@dataclass(frozen=True, slots=True)
class RoundCard:
    """A round, as a card on the home page shows it."""

    title: str
    text: str
    href: str
    icon: str
    result: Link | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decided round: what came out of it in one line, and its first projects."""

    title: str
    text: str
    advisory: bool
    href: str
    cards: list[idea_cards.Card]


def decided(round_: Round, result: Result, listed: Sequence[Listed], town: Municipality, *, most: int = 3) -> Decided:
    """Return a round whose result is published, with the first projects that were funded."""
    place = {one.id: number for number, one in enumerate(result.allocation.funded)}
    first = sorted((one for one in listed if one.code in place), key=lambda one: place[one.code])[:most]
    return Decided(
        templates.told(round_.titles),
        telling.headline(result.allocation, round_.currency, result.ballots),
        round_.advisory,
        to("/results", round=round_.slug),
        idea_cards.of_projects(first, town, funded=set(place)),
    )


def other(round_: Round, *, at: datetime) -> RoundCard:
    """Return the card of a round that is not decided yet."""
    zone, plan = round_.timezone, round_.dates
    if round_.voided_at:
        return RoundCard(templates.told(round_.titles), voided.since(round_), to("/", round=round_.slug), "block")
    match round_.phase(at):
        case Phase.preparation:
            day = dates.day(plan.ideas_from or plan.voting_from, zone=zone)
            text, icon = _("Starts on {date}", date=day), "edit_calendar"
        case Phase.ideas:
            day = dates.until(plan.ideas_until or plan.voting_from, zone=zone)
            text, icon = _("Collecting ideas until {date}", date=day), "lightbulb"
        case Phase.review:
            text, icon = _("Voting starts on {date}", date=dates.day(plan.voting_from, zone=zone)), "fact_check"
        case Phase.voting:
            text, icon = _("Voting until {date}", date=dates.until(plan.voting_until, zone=zone)), "how_to_vote"
        case _:
            text, icon = _("Results planned for {date}", date=dates.day(plan.results_on, zone=zone)), "schedule"
    if round_.draft:
        text = _("Draft · {text}", text=text)
    return RoundCard(templates.told(round_.titles), text, to("/", round=round_.slug), icon)


def listed(round_: Round, *, at: datetime) -> RoundCard:
    """Return the card of any round, for the list of all of them; of a decided one with the way to its result."""
    title, home = templates.told(round_.titles), to("/", round=round_.slug)
    if not round_.shows_result:
        return other(round_, at=at)
    if round_.imported:
        text, icon = _("An election held elsewhere and imported here, so that its count can be followed."), "bar_chart"
    else:
        day = dates.day(round_.result_published_at or at, zone=round_.timezone, year=True)
        text, icon = _("Decided: the result is public since {date}", date=day), "verified"
    return RoundCard(title, text, home, icon, Link(to("/results", round=round_.slug), _("See the results")))


def notice(actor: Actor, rounds: Collection[Round], *, at: datetime) -> None:
    """Tell an organiser of each step that somebody else has asked for, of each request that has ended, and of ideas
    that passed the review and are not on the ballot that the first vote will fix.
    """
    if Role.organiser not in actor.roles:
        return
    with visit.reading() as session:
        asked = second_person.pending_in(session, actor, rounds)
        left_out = reviews.left_out(session, actor)
    for round_ in rounds:
        if left_out.get(round_.id) and not (round_.locked or round_.draft or round_.voided_at):
            _left_out(round_, left_out[round_.id], at)
    waits = [(round_, one) for round_ in rounds for one in asked[round_.id] if one.ended or not one.mine]
    for round_, one in waits:
        page, title, wish = _PAGES.get(one.action, "/studio"), templates.told(round_.titles), words.wish(one.action)
        if one.declined_by:
            text = _("{round}: your request was declined – {action}.", round=title, action=wish)
        elif one.ended:
            text = _(
                "{round}: a request has ended, for what it was about was changed – {action}.", round=title, action=wish
            )
        else:
            text = _("{round}: waits for your consent – {action}.", round=title, action=wish)
        link = Link(to(page, round=round_.slug), _("Look at it"))
        templates.draw("parts/note.html", look="wa", icon_name="hourglass_top", text=text, link=link, live=False)


def _left_out(round_: Round, count: int, at: datetime) -> None:
    if round_.phase(at) in (Phase.review, Phase.voting):
        text = f"{templates.told(round_.titles)}: {ballot_list.left_out(count)}"
        link = Link(to("/ballot-list", round=round_.slug), _("Ballot list"))
        templates.draw("parts/note.html", look="wa", icon_name="warning", text=text, link=link, live=False)
