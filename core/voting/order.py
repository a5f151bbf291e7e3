"""In which order projects are shown: chance, so that none gains by standing first, but never twice another one."""

import hmac
import random
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from core.ideas.projects import Listed
from core.permissions import Actor
from core.rounds import Round
from core.trust import keys


def mark(round_: Round, voter: Actor) -> str:
    """Return the name of a voter in one round, from which nobody without the key can tell the person."""
    if voter.person_id is None:
        return "guest"
    text = f"ballot|{round_.id}|{voter.person_id}".encode()
    return hmac.new(keys.pepper(), text, sha256).hexdigest()[:16]


def owner(voter: Actor) -> str:
    """Return the name by which a device keeps apart what several people leave on it, "" of a guest."""
    if voter.person_id is None:
        return ""
    return hmac.new(keys.pepper(), f"device|{voter.person_id}".encode(), sha256).hexdigest()[:16]


def of_voter(projects: Iterable[Listed], round_: Round, voter: Actor, guest: str = "") -> list[Listed]:
    """Return the projects in the voter's own order: random, and the same whenever she comes back.

    All guests have one name; what tells them apart is `guest`, which is drawn for each visit.
    """
    shuffled = sorted(projects, key=lambda project: project.code)
    # No secret hangs on it; a fixed generator gives the same order in every process.
    random.Random(f"{round_.slug}|{mark(round_, voter)}|{guest}").shuffle(shuffled)
    return shuffled


def of_day(projects: Iterable[Listed], at: datetime) -> list[Listed]:
    """Return the projects in an order that is the same for everybody for one day."""
    return sorted(projects, key=lambda one: sha256(f"{at:%Y-%m-%d} {one.code}".encode()).digest())
