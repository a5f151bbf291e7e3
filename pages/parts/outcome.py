"""A result in words: what was funded and why, what was not and why not, and the count step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from core.election import Allocation, Number, Step, Tie, Unfunded
from core.rounds import Round
from pages.parts import draw, money
from pages.parts.i18n import _, n_, number

EXACT_RULES = frozenset({"equal_shares"})


@dataclass(frozen=True, slots=True)
class Telling:
    """What sentences about one result need: the round, the allocation, and titles by code."""

    round: Round
    allocation: Allocation
    titles: Mapping[str, str]

    def title(self, code: str) -> str:
        """Return the title of a project, its code if it has none."""
        return self.titles.get(code) or code

    def titled(self, codes: Sequence[str]) -> str:
        """Return titles in quotes, separated by commas."""
        return ", ".join(_quoted(self.title(code)) for code in codes)

    def money(self, amount: Number | None, *, up: bool = False) -> str:
        """Return an amount that may be a fraction of a cent, rounded so that it never says too much."""
        return money.text((ceil if up else floor)(amount or 0), self.round.currency)

    @property
    def by_shares(self) -> bool:
        """Return whether supporters paid from shares."""
        return self.allocation.purse is not None or any(step.share is not None for step in self.allocation.steps)


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
    if step.share is not None:
        share = telling.money(step.share, up=True)
        return _(
            "Its supporters could pay for it together. Nobody paid more than {amount} of their share.", amount=share
        )
    left = telling.money(step.left)
    return _(
        "Support: {support}. It fitted into the budget; after it {amount} was left.",
        support=count(step.support),
        amount=left,
    )


def why_not(telling: Telling, one: Unfunded) -> str:
    """Return the honest reason for which a project was not funded."""
    needed, had = telling.money(one.needed, up=True), telling.money(one.had)
    match one.reason:
        case "no_votes":
            text = _("Nobody voted for it.")
        case "withdrawn":
            text = _("It was withdrawn after the vote.")
        case "threshold":
            text = _("It needed support of {needed} and had {had}.", needed=count(one.needed), had=count(one.had))
        case "over_budget":
            text = _("It costs {needed}, more than the whole budget of {had}.", needed=needed, had=had)
        case "no_room":
            text = _("It costs {needed}, but at its turn only {had} was left.", needed=needed, had=had)
        case "stopped":
            before = telling.titled(one.against)
            text = _("The count stopped before it: {project} did not fit into the {had} left.", project=before, had=had)
        case "conflict":
            text = _(
                "It cannot be done together with {project}, which went first.", project=telling.titled(one.against)
            )
        case "short_purses":
            text = _(
                "It costs {needed}. Its supporters together had {had} of their shares left.", needed=needed, had=had
            )
        case _:
            text = _("It costs {needed}, but only {had} of the budget was left.", needed=needed, had=had)
    return " ".join([text, *_nearly(one)])


def _nearly(one: Unfunded) -> list[str]:
    """Return how much more support would have been enough, where that is known."""
    if one.votes_needed is not None and one.votes_had is not None and one.reason != "threshold":
        needed, had = count(one.votes_needed), count(one.votes_had)
        return [_("Support needed at this price: {needed}. It had: {had}.", needed=needed, had=had)]
    if one.nearness is not None and 0 < one.nearness < 1:
        return [_("Support compared with what was needed: {share}.", share=draw.percent(float(one.nearness), 0))]
    return []


def steps(telling: Telling) -> list[str]:
    """Return the count as sentences, one a step."""
    return [_step(telling, step) for step in telling.allocation.steps]


def _step(telling: Telling, step: Step) -> str:
    title, left = telling.title(step.project), telling.money(step.left)
    if step.share is None:
        return _("{project} – support {support}. Left: {left}.", project=title, support=count(step.support), left=left)
    share = telling.money(step.share, up=True)
    if step.broke:
        return _(
            "{project} – {payers} people pay {share} each, {broke} give all they have left. Left: {left}.",
            project=title, payers=number(step.payers or 0), share=share, broke=number(step.broke), left=left,
        )  # fmt: skip
    payers = number(step.payers or 0)
    return _(
        "{project} – {payers} people pay {share} each. Left: {left}.",
        project=title,
        payers=payers,
        share=share,
        left=left,
    )


def example(telling: Telling) -> dict[str, object] | None:
    """Return one worked example with the real numbers of this count, None if nothing was funded."""
    allocation = telling.allocation
    if not allocation.steps or not allocation.ballots:
        return None
    costs = {project.id: project.cost for project in allocation.funded}
    first = allocation.steps[0]
    title = _("Example: {project}", project=telling.title(first.project))
    cost = money.text(costs.get(first.project, 0), telling.round.currency)
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
    budget = money.text(allocation.budget or telling.round.budget, telling.round.currency)
    found = [
        _(
            "{budget} ÷ {ballots} ballots = {each} for each.",
            budget=budget,
            ballots=number(allocation.ballots),
            each=telling.money(each),
        )
    ]
    if allocation.purse is not None and allocation.purse > each:
        found.append(
            _(
                "So that less money stays unused, the share was raised to {amount}.",
                amount=telling.money(allocation.purse),
            )
        )
    return found


def _paid(telling: Telling, step: Step, cost: str) -> str:
    share = telling.money(step.share, up=True)
    if step.broke:
        return _(
            "It costs {cost}: {payers} people pay {share} each, the others give what they have left.",
            cost=cost,
            payers=number(step.payers or 0),
            share=share,
        )
    return _("{cost} ÷ {payers} people = {share} from each.", cost=cost, payers=number(step.payers or 0), share=share)


def tied(telling: Telling, ties: Sequence[Tie]) -> list[str]:
    """Return what ties there were and what decided them."""
    how = {"cost": _("the lower cost"), "votes": _("more votes"), "lot": _("the published lot")}
    return [
        _(
            "There was a tie between {projects}. Decided by: {how}.",
            projects=telling.titled(tie.projects),
            how=how.get(tie.by, tie.by),
        )
        for tie in ties
    ]


def headline(result: Allocation, currency: str) -> str:
    """Return „8 проекта за 58 900 €“, or that nothing was funded."""
    if not result.funded:
        return _("No project could be funded")
    amount = money.text(result.cost, currency)
    return n_("{count} project for {amount}", "{count} projects for {amount}", len(result.funded), amount=amount)
