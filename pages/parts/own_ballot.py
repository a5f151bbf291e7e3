"""The visitor's own ballot, on pages that have more to show than that."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from core import voting
from core.errors import KeyMissing
from core.permissions import Actor
from core.rounds import Round
from core.voting import MyBallot


def of(session: Any, actor: Actor, round_: Round) -> MyBallot | None:
    """Return it; None if there is none, or if nobody can tell because the key to it is missing."""
    with suppress(KeyMissing):
        return voting.my_ballot(session, actor, round_.id)
    return None
