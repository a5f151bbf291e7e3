"""One person, one live ballot. Used by its name: `voting.cast_ballot`.

May import: the ground, `trust`, `rounds`, `ideas`, `tally`.
Begin with: `_casting`.
"""

from core.voting._casting import MyBallot, cast_ballot, my_ballot, my_ballots, receipt_of, void_slot, withdraw_ballot

__all__ = [
    "MyBallot",
    "cast_ballot",
    "my_ballot",
    "my_ballots",
    "receipt_of",
    "void_slot",
    "withdraw_ballot",
]
