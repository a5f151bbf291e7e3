"""A round that is not public yet, and a round as it is now."""

from __future__ import annotations

from core import clock, permissions, rounds, store
from pages.studio import new_round
from tests.helpers import worlds


def a_draft(town: worlds.Town) -> rounds.Round:
    """Make the round that the studio proposes."""
    at = clock.now()
    with store.transaction() as session:
        return rounds.create(session, town.organiser, new_round.proposal(town.municipality, at=at), at=at)


def fresh(one: rounds.Round) -> rounds.Round:
    """Read a round anew."""
    with store.reading() as session:
        return rounds.get(session, permissions.OPERATOR, one.id)
