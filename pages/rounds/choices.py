"""What an organiser chooses between, each with one plain sentence and what follows from it."""

from __future__ import annotations

from core.ballots.types import TYPES, BallotType
from pages.parts.forms import Choice
from pages.parts.i18n import _
from pages.rounds import rule_words


def rules(ballot: BallotType) -> tuple[Choice, ...]:
    """Return the counting rules that suit a type of ballot, the one we advise first."""
    return tuple(Choice(rule, rule_words.name(rule), *rule_words.advice(rule)) for rule in TYPES[ballot].rules)


def visibilities() -> tuple[Choice, ...]:
    """Return what may be seen while people vote."""
    return (
        Choice(
            "live",
            _("Live tally"),
            _("Everyone sees which projects lead, marked as provisional."),
            _("Most exciting, but people may follow the leader."),
        ),
        Choice(
            "turnout",
            _("Turnout only"),
            _("Everyone sees how many have voted, nobody sees which projects lead."),
            _("Calmer, and nobody is influenced."),
        ),
        Choice(
            "sealed",
            _("Sealed"),
            _("Until the count nobody sees which projects lead, not even the organisers."),
            _(
                "Strongest protection, but two of three key holders must come to the count. "
                "With two shares lost nobody can ever count."
            ),
        ),
    )


def entries() -> tuple[Choice, ...]:
    """Return how voters are admitted."""
    return (
        Choice(
            "code",
            _("With a participation code"),
            _("Handed out at school, in the youth centre or at the library. One person, one code."),
            _("Keeps one person from voting twice."),
        ),
        Choice(
            "open",
            _("Anyone can join: advisory"),
            _("Whoever gives a fitting year of birth may vote."),
            _("Easy, but nobody can rule out a second account. The result only advises."),
        ),
    )
