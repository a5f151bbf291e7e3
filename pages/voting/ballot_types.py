"""Types of ballot in words, one entry for each: what it is called, and how to vote with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from core.ballots.types import CASTABLE, TYPES, BallotRules, BallotType
from core.rounds import Round
from pages.parts import dates, money
from pages.parts.forms import Choice
from pages.parts.i18n import _, n_
from pages.rounds import rule_words


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step, as a card shows it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one type of ballot. What cannot be cast here has neither an offer nor a ballot.

    task: what a voter does, one sentence. offer: how organisers may choose it. title, lead: the head of the ballot.
    chosen: said of a project that is chosen. dock: the name of the part that shows the choice. unit: what it counts.
    """

    name: str
    task: str
    step: Instruction
    offer: Choice | None = None
    title: str = ""
    lead: str = ""
    chosen: str = ""
    dock: str = ""
    unit: str = ""


def _approval(rules: BallotRules, _amount: str) -> Words:
    task = _("Tick the projects you like.")
    return Words(
        name=_("Approval"),
        task=task,
        step=Instruction(_("Choose what you like"), f"{task} {limits(rules)}"),
        offer=Choice(
            "approval",
            _("Approval"),
            _("Voters tick the projects they like, without any sums."),
            _("Quickest of all. Good for the first round."),
        ),
        title=_("Which do you approve?"),
        lead=_whatever_they_cost(rules),
        chosen=_("You approve"),
        dock=_("Your choice"),
        unit=_("chosen"),
    )


def _whatever_they_cost(rules: BallotRules) -> str:
    fewest, most = rules.min_choices or 1, rules.max_choices
    if most is None:
        return _("Tick every project you like. The price does not matter here.")
    if fewest > 1:
        return _("Choose {min} to {max} projects. The price does not matter here.", min=fewest, max=most)
    return _("Choose up to {max} projects. The price does not matter here.", max=most)


def _knapsack(_rules: BallotRules, amount: str) -> Words:
    return Words(
        name=_("Basket"),
        task=_("Add projects until their total reaches {amount}.", amount=amount),
        step=Instruction(
            _("Fill the basket"),
            _("Add projects until you reach {amount}. A strip shows how much is left.", amount=amount),
        ),
        offer=Choice(
            "knapsack",
            _("Basket with a budget"),
            _("Voters add projects until the money is used up."),
            _("Teaches what things cost. Fits 8 to 20 projects."),
        ),
        title=_("Your basket"),
        lead=_("Add projects while the money lasts. You may leave some of it unused."),
        chosen=_("In the basket"),
        dock=_("The ballot’s budget"),
        unit=_("left"),
    )


def _ranking(_rules: BallotRules, _amount: str) -> Words:
    return Words(
        name=_("Ranking"),
        task=_("Put projects in order: first the one you want most."),
        step=Instruction(_("Put them in order"), _("First comes the project you want most. Then the next, and so on.")),
        offer=Choice(
            "ranking",
            _("Ranking"),
            _("Voters put projects in order, the most wanted first."),
            _("Says most, but takes more time."),
        ),
        title=_("Put them in order"),
        lead=_("The first counts most. Move with the arrows or by dragging."),
        chosen=_("In your order"),
        dock=_("Your choice"),
        unit=_("in order"),
    )


def _points(_rules: BallotRules, _amount: str) -> Words:
    task = _("Share out points among projects.")
    return Words(name=_("Points"), task=task, step=Instruction(_("Points"), task))


WORDS: Mapping[BallotType, Callable[[BallotRules, str], Words]] = MappingProxyType(
    {"approval": _approval, "knapsack": _knapsack, "ranking": _ranking, "points": _points}
)


def of(round_: Round) -> Words:
    """Return the words of the round's ballot, with its limits and its budget."""
    words = WORDS[round_.ballot.type](round_.ballot, money.text(round_.budget, round_.currency))
    if rule_words.by_places(round_.rule):
        return replace(words, lead=" ".join([words.lead, *rule_words.places(round_.rule_settings)]))
    return words


def name(type_: BallotType) -> str:
    """Return what a type of ballot is called."""
    return WORDS[type_](BallotRules(type_), "").name


def offers() -> tuple[Choice, ...]:
    """Return the types of ballot between which an organiser chooses."""
    words = (WORDS[type_](BallotRules(type_), "") for type_ in CASTABLE)
    return tuple(each.offer for each in words if each.offer)


def support(type_: BallotType) -> str:
    """Return what the numbers beside projects count, as a heading."""
    return _("Votes") if TYPES[type_].counts_votes else _("Points")


def steps(round_: Round) -> tuple[Instruction, ...]:
    """Return the three steps of voting in `round`."""
    until = dates.until(round_.dates.voting_until, zone=round_.timezone)
    return (
        of(round_).step,
        Instruction(_("Cast your vote"), _("You get a ballot number. With it you check that your vote is counted.")),
        Instruction(
            _("Change your mind"), _("Until {date} you can vote again. Only your last ballot counts.", date=until)
        ),
    )


def limits(rules: BallotRules) -> str:
    """Return how many projects a ballot may hold, as one sentence."""
    fewest, most = rules.min_choices or 1, rules.max_choices
    if not most:
        return n_("Choose at least {count} project.", "Choose at least {count} projects.", fewest)
    if fewest == most:
        return n_("Choose exactly {count} project.", "Choose exactly {count} projects.", most)
    if fewest > 1:
        return _("Choose from {min} to {max} projects.", min=fewest, max=most)
    return n_("Choose up to {count} project.", "Choose up to {count} projects.", most)
