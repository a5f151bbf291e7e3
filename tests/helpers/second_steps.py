"""Second steps for tests: set one up, and be the app that shows its one-time passwords."""

from __future__ import annotations

import base64
from datetime import datetime

from core.people import second_step
from core.store import transaction
from tests.helpers.worlds import Town

# Person → recovery codes that she was shown.
codes: dict[int, tuple[str, ...]] = {}


def set_up(town: Town, name: str) -> bytes:
    """Give somebody a second step and return its secret."""
    actor = town.people[name]
    with transaction() as session:
        shown = second_step.begin(session, actor, issuer="Glas", at=town.at)
    secret = base64.b32decode(shown.secret.replace(" ", ""))
    with transaction() as session:
        codes[actor.person_id or 0] = second_step.confirm(session, actor, code(secret, town.at), at=town.at)
    return secret


def code(secret: bytes, at: datetime) -> str:
    """Return what the app shows at this moment."""
    return second_step.one_time_password(secret, int(at.timestamp()) // second_step.SECONDS)
