"""Insights in words: how robust a result is, and what another rule would have changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from core.counting.allocation import Allocation
from core.counting.measures import Compared, Measures
from core.counting.robustness import Robustness, Trial
from core.results.insights import Insight
from pages.parts import money, templates
from pages.parts.i18n import _, n_, number
from pages.results.telling import Telling
from pages.rounds import rule_words

FEW = 20  # with fewer ballots a sentence on how firm the result is would say more than anybody knows
RARELY = 0.05  # share of counts with other projects up to which a result is called very stable
MOST_NAMED = 5  # projects named in one difference; the rest are counted


def robust(insight: Insight, ballots: int) -> list[str]:
    """Return how many ballots would have to change, and how sure that is; the first sentence says it all."""
    found = insight.robustness
    if found is None and insight.pending:
        return [
            _("Being computed: we count again many times, with some ballots more or fewer."),
            _("With many ballots this takes minutes. The page shows it by itself."),
        ]
    if insight.failed:
        return [_("Not computed: something went wrong. The result itself does not depend on it.")]
    if found is None and not ballots:
        return [_("There are no ballots to try it with.")]
    if found is None:
        return [_("Not computed: with so many ballots, counting again many times would take too long.")]
    if ballots < FEW:
        few = n_(
            "With {count} ballot alone nobody can say how firm the result is: a single one more could change it.",
            "With {count} ballots alone nobody can say how firm the result is: a single one more could change it.",
            ballots,
        )
        return [few, *([_trial(found.trials[0], found.samples)] if found.trials else [])]
    if found.ballots is None:
        return _not_found(found)
    first = n_(
        "The result stays the same unless about {count} ballot changes.",
        "The result stays the same unless about {count} ballots change.",
        found.ballots,
    )
    if found.ballots == 1:
        first = _("It was close: one ballot more or fewer is often enough to change the result.")
    share = templates.percent(found.ballots / ballots) if ballots else ""
    lines = [first, _("That is {share} of all ballots.", share=share)] if share else [first]
    lines.append(_trial(found.trials[-1], found.samples))
    if len(found.trials) > 1:
        lines.append(_before(found.trials[-2]))
    return lines


def _not_found(found: Robustness) -> list[str]:
    """Return that no number was found, and how far was looked."""
    if not found.trials:
        return [_("There are no ballots to try it with.")]
    first = (
        _("The result is very stable: we found no number of ballots that changes it half of the time.")
        if found.trials[-1].changed <= RARELY
        else _("The result is fairly stable: we found no number of ballots that changes it half of the time.")
    )
    return [first, _trial(found.trials[-1], found.samples)]


def _trial(trial: Trial, samples: int) -> str:
    """Return what the trials with so many ballots gave, with the interval."""
    return n_(
        "We counted again {samples} times with {count} ballot more or fewer, drawn at random: "
        "in {share} of these counts other projects were chosen (95% interval: {low} to {high}).",
        "We counted again {samples} times with {count} ballots more or fewer, drawn at random: "
        "in {share} of these counts other projects were chosen (95% interval: {low} to {high}).",
        trial.ballots,
        samples=number(samples),
        share=templates.percent(trial.changed, 0),
        low=templates.percent(trial.low, 0),
        high=templates.percent(trial.high, 0),
    )


def _before(trial: Trial) -> str:
    return n_(
        "With {count} ballot it was {share}.",
        "With {count} ballots it was {share}.",
        trial.ballots,
        share=templates.percent(trial.changed, 0),
    )


def label(one: Compared | Allocation) -> str:
    """Return what a rule is called in the comparison; equal shares come with what tells them apart."""
    settings = dict(one.settings)
    name = rule_words.name(one.rule, settings)
    if one.rule != "equal-shares":
        return name
    completed = {
        "none": _("{rule}, shares not raised"),
        "add1": _("{rule}, shares raised"),
        "greedy": _("{rule}, the rest by most votes"),
        "add1-greedy": _("{rule}, as the public tool counts"),
    }
    worth = {
        "cardinality": _("{rule}, every project worth the same"),
        "points": _("{rule}, by points"),
        "borda": _("{rule}, by places"),
    }
    name = completed.get(str(settings.get("completion")), "{rule}").format(rule=name)
    return worth.get(str(settings.get("utility")), "{rule}").format(rule=name)


def differences(telling: Telling, other: Allocation) -> list[str]:
    """Return what this allocation funds instead: who would come in, who would fall out."""
    ours, theirs = [one.id for one in telling.allocation.funded], [one.id for one in other.funded]
    came, fell = [one for one in theirs if one not in set(ours)], [one for one in ours if one not in set(theirs)]
    if not came and not fell:
        return [_("The same projects.")]
    lines = []
    if came:
        lines.append(_("Would come in: {projects}.", projects=_named(telling, came)))
    if fell:
        lines.append(_("Would fall out: {projects}.", projects=_named(telling, fell)))
    return lines


def _named(telling: Telling, codes: Sequence[str]) -> str:
    text, more = telling.titled(codes[:MOST_NAMED]), len(codes) - MOST_NAMED
    return n_("{projects} and {count} more", "{projects} and {count} more", more, projects=text) if more > 0 else text


def figures(telling: Telling, allocation: Allocation, measures: Measures) -> str:
    """Return the figures of a rule in one line."""
    amount = money.text(allocation.cost, telling.round.currency)
    projects = n_(
        "{count} project for {amount}", "{count} projects for {amount}", len(allocation.funded), amount=amount
    )
    share = templates.percent(float(measures.served))
    return _("{projects} · {share} of voters with at least one", projects=projects, share=share)


def sentence(telling: Telling, compared: Collection[Compared]) -> str:
    """Return how the first other rule differs, in one sentence; nothing where there is none."""
    other = next(iter(compared), None)
    if other is None:
        return ""
    ours = {one.id for one in telling.allocation.funded}
    theirs = {one.id for one in other.allocation.funded}
    name = label(other.allocation)
    if ours == theirs:
        return _("With another rule – {rule} – the same projects would have been chosen.", rule=name)
    return n_(
        "With another rule – {rule} – {count} project would be missing and {more} would have come in instead.",
        "With another rule – {rule} – {count} projects would be missing and {more} would have come in instead.",
        len(ours - theirs),
        rule=name,
        more=len(theirs - ours),
    )


def served(telling: Telling, measures: Measures) -> list[str]:
    """Return who got something: at least one project, how many, and for how much."""
    share = templates.percent(float(measures.served))
    average = number(round(float(measures.projects), 1))
    amount = money.text(round(measures.money), telling.round.currency)
    return [
        _("{share} of voters supported at least one of the chosen projects.", share=share),
        _(
            "On average {average} of the projects on a ballot were chosen, worth {amount} together.",
            average=average,
            amount=amount,
        ),
    ]
