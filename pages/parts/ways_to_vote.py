"""How to vote, in three steps, for each type of ballot."""

from __future__ import annotations

from dataclasses import dataclass

from core.rounds import Round
from pages.parts import dates, money
from pages.parts.i18n import _, n_


@dataclass(frozen=True, slots=True)
class Step:
    """One step, as a card shows it."""

    title: str
    text: str


def steps(round: Round) -> tuple[Step, ...]:
    """Return the three steps of voting in `round`."""
    until = dates.until(round.dates.voting_until, zone=round.timezone)
    return (
        _choose(round),
        Step(_("Cast your vote"), _("You get a ballot number. With it you check that your vote is counted.")),
        Step(_("Change your mind"), _("Until {date} you can vote again. Only your last ballot counts.", date=until)),
    )


def _choose(round: Round) -> Step:
    match round.ballot.type:
        case "knapsack":
            budget = money.text(round.budget, round.currency)
            text = _("Add projects until you reach {amount}. A strip shows how much is left.", amount=budget)
            return Step(_("Fill the basket"), text)
        case "ranking":
            return Step(_("Put them in order"), _("First comes the project you want most. Then the next, and so on."))
        case _:
            return Step(_("Choose what you like"), _("Tick the projects you like.") + " " + limits(round))


def limits(round: Round) -> str:
    """Return how many projects a ballot may hold, as one sentence."""
    fewest, most = round.ballot.min_choices or 1, round.ballot.max_choices
    if not most:
        return n_("Choose at least {count} project.", "Choose at least {count} projects.", fewest)
    if fewest == most:
        return n_("Choose exactly {count} project.", "Choose exactly {count} projects.", most)
    if fewest > 1:
        return _("Choose from {min} to {max} projects.", min=fewest, max=most)
    return n_("Choose up to {count} project.", "Choose up to {count} projects.", most)
