"""A result in words: what was funded and why, what was not and why not, and the count step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from core import results
from core.counting.allocation import Allocation, Step, Tie
from core.counting.election import Number
from core.rounds import Round
from pages.parts import money as money_text
from pages.parts.i18n import _, n_, number

AT_ONCE = 3  # steps that show before one asks for all


@dataclass(frozen=True, slots=True)
class Telling:
    """What sentences about one result need: the round, the allocation, and titles by code."""

    round: Round
    allocation: Allocation
    titles: Mapping[str, str]
    withdrawn: Mapping[str, str] = field(default_factory=dict)  # why, by code

    def title(self, code: str) -> str:
        """Return the title of a project, its code if it has none."""
        return self.titles.get(code) or code

    def titled(self, codes: Sequence[str]) -> str:
        """Return titles in quotes, separated by commas."""
        return ", ".join(_quoted(self.title(code)) for code in codes)

    def money(self, amount: Number | None, *, up: bool = False) -> str:
        """Return an amount that may be a fraction of a cent, rounded so that it never says too much."""
        return money_text.text((ceil if up else floor)(amount or 0), self.round.currency)

    def share(self, amount: Number | None) -> str:
        """Return what one person paid, rounded to the nearest cent as people do who check it."""
        return money_text.text(floor(Fraction(amount or 0) + Fraction(1, 2)), self.round.currency)

    @property
    def counts_votes(self) -> bool:
        """Return whether support means votes, and not points of some kind."""
        return results.counts_votes(self.allocation, self.round)


def _quoted(title: str) -> str:
    """Return a title in quotes; one that brings quotes of its own stands without."""
    return title if "„" in title or "'" in title else _("'{text}'", text=title)


def count(value: Number | None) -> str:
    """Return votes or points as text; halves and the like with one decimal."""
    if value is None:
        return "0"
    return number(int(value) if Fraction(value).denominator == 1 else round(float(value), 1))


def why(telling: Telling, step: Step) -> str:
    """Return why a project was funded."""
    left = telling.money(step.left)
    if step.share is not None:
        share = telling.share(step.share)
        return _("Its supporters could pay for it together, with {amount} each at most.", amount=share)
    if step.stage != "main":
        return _("It went in from the money that was left: it fitted, and {amount} stayed.", amount=left)
    return _(
        "Support: {support}. It fitted into the budget; after it {amount} was left.",
        support=count(step.support),
        amount=left,
    )


def example(telling: Telling) -> dict[str, object] | None:
    """Return one worked example with the real numbers of this count, None if nothing was funded."""
    allocation = telling.allocation
    if not allocation.steps or not allocation.ballots:
        return None
    costs = {project.id: project.cost for project in allocation.funded}
    first = allocation.steps[0]
    if first.share is None and first.price is not None:
        return None  # Phragmén: its turn came by the least load, which is no number that one example makes plain
    title = _("Example: {project}", project=telling.title(first.project))
    cost = money_text.text(costs.get(first.project, 0), telling.round.currency)
    if first.share is None:
        lines = [
            _(
                "Support {support} is the most. It costs {cost}, so {left} is left.",
                support=count(first.support),
                cost=cost,
                left=telling.money(first.left),
            )
        ]
        skipped = next((one for one in allocation.unfunded if one.reason == "no_room"), None)
        if skipped is not None:
            needed, had = telling.money(skipped.needed, up=True), telling.money(skipped.had)
            title_of = telling.titled((skipped.project,))
            lines.append(
                _(
                    "{project} costs {needed}, but at its turn {had} was left – so it was skipped.",
                    project=title_of,
                    needed=needed,
                    had=had,
                )
            )
        return {"title": title, "lines": lines}
    return {"title": title, "lines": [*_purse(telling), _paid(telling, first, cost)]}


def _purse(telling: Telling) -> list[str]:
    """Return what each voter had, and to what it was raised."""
    allocation = telling.allocation
    each = Fraction(allocation.budget or telling.round.budget, allocation.ballots)
    budget = money_text.text(allocation.budget or telling.round.budget, telling.round.currency)
    found = [
        n_(
            "{budget} ÷ {count} ballot = {each} for each.",
            "{budget} ÷ {count} ballots = {each} for each.",
            allocation.ballots,
            budget=budget,
            each=telling.share(each),
        )
    ]
    if allocation.purse is not None and allocation.purse > each:
        found.append(
            _(
                "So that less money stays unused, the share was raised to {amount}.",
                amount=telling.share(allocation.purse),
            )
        )
    return found


def _paid(telling: Telling, step: Step, cost: str) -> str:
    if step.broke:
        return _shares(telling, step, cost)
    return n_(
        "{cost} ÷ {count} person = {share} from each.",
        "{cost} ÷ {count} people = {share} from each.",
        step.payers or 0,
        cost=cost,
        share=telling.share(step.share),
    )


def tied(telling: Telling, ties: Sequence[Tie]) -> list[str]:
    """Return what ties there were, what decided them, and for whom."""
    return [tie_words(tie, telling.titled) for tie in ties]


def tie_words(tie: Tie, titled: Callable[[Sequence[str]], str]) -> str:
    """Return what tie there was, what decided it, for whom, and whether it mattered. `titled`: titles of codes."""
    how = {
        "cost": _("the lower cost"),
        "votes": _("more votes"),
        "lot": _("the published lot"),
        "number": _("the number on the ballot"),
        "room": _("only the first one fitted into the money left"),
    }
    said = [
        _(
            "There was a tie between {projects}. Decided by: {how}.",
            projects=titled(tie.projects),
            how=how.get(tie.by, tie.by),
        ),
        _("First went {project}.", project=titled((tie.chosen,))),
        *([_("Only the order hung on it.")] if tie.moot else []),
    ]
    return " ".join(said)


def headline(result: Allocation, currency: str, ballots: int) -> str:
    """Return „8 проекта за 58 900 €“, or that nobody voted or nothing was funded."""
    if not ballots:
        return _("Nobody voted")
    if not result.funded:
        return _("No project could be funded")
    amount = money_text.text(result.cost, currency)
    return n_("{count} project for {amount}", "{count} projects for {amount}", len(result.funded), amount=amount)


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
                _text(telling, step, money_text.text(cost, telling.round.currency)),
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
