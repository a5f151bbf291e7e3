"""The count as a story: a step a project – who paid for it, or its votes, and what was left afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from core.counting.allocation import Step
from pages.parts import money
from pages.parts.i18n import _, n_
from pages.parts.outcome import Telling, count

AT_ONCE = 3  # steps that show before one asks for all


@dataclass(frozen=True, slots=True)
class Chapter:
    """One step. `spent` and `now` are parts of the budget in percent: before this step, and for it."""

    title: str
    text: str
    left: str
    spent: str
    now: str


def chapters(telling: Telling) -> list[Chapter]:
    """Return the steps in their order."""
    allocation = telling.allocation
    budget = allocation.budget or telling.round.budget or 1
    costs = {project.id: project.cost for project in allocation.funded}
    before, made = 0, []
    for step in allocation.steps:
        cost = costs.get(step.project, 0)
        made.append(
            Chapter(
                telling.title(step.project),
                _text(telling, step, money.text(cost, telling.round.currency)),
                _("Left in the budget: {amount}", amount=telling.money(step.left)),
                f"{100 * before / budget:.2f}",
                f"{100 * cost / budget:.2f}",
            )
        )
        before += cost
    return made


def _text(telling: Telling, step: Step, cost: str) -> str:
    """Return who paid, or what support brought its turn."""
    if step.share is not None:
        return _shares(telling, step, cost)
    if step.stage != "main":
        return _from_rest(telling, step, cost)
    if telling.allocation.rule == "phragmen":
        return n_(
            "{count} supporter carries its cost of {cost}.",
            "{count} supporters carry its cost of {cost} together.",
            step.payers or 0,
            cost=cost,
        )
    if telling.counts_votes and int(step.support) == step.support:
        return n_("{count} vote. It costs {cost}.", "{count} votes. It costs {cost}.", int(step.support), cost=cost)
    return _("{support} points. It costs {cost}.", support=count(step.support), cost=cost)


def _shares(telling: Telling, step: Step, cost: str) -> str:
    """Return what each supporter paid from her share."""
    share, payers, broke = telling.share(step.share), step.payers or 0, step.broke or 0
    text = n_(
        "{cost} from {count} person who pays {share}.",
        "{cost} from {count} people who pay {share} each.",
        payers,
        cost=cost,
        share=share,
    )
    if not broke:
        return text
    if not payers:
        return n_(
            "{cost} from {count} person who gives all that was left.",
            "{cost} from {count} people who give all they have left.",
            broke,
            cost=cost,
        )
    more = n_("{count} more gives all that was left.", "{count} more give all they have left.", broke)
    return _("{cost} together:", cost=cost) + " " + _paying(payers, share) + " " + more


def _paying(payers: int, share: str) -> str:
    return n_("{count} person pays {share}.", "{count} people pay {share} each.", payers, share=share)


def _from_rest(telling: Telling, step: Step, cost: str) -> str:
    """Return that a project came in from what was left after the count proper."""
    if telling.counts_votes and int(step.support) == step.support:
        return n_(
            "From what was left, by votes: {count} vote. It costs {cost}.",
            "From what was left, by votes: {count} votes. It costs {cost}.",
            int(step.support),
            cost=cost,
        )
    return _("From what was left: support {support}. It costs {cost}.", support=count(step.support), cost=cost)
