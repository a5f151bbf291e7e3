"""Small elections and the folder of real ones, for the tests of rules."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.counting.allocation import Allocation
from core.counting.election import Instance, Profile, Project
from tests.helpers.paths import ROOT

FOLDER = Path(os.environ.get("GLAS_PABULIB") or ROOT.parent / "shared" / "data" / "pabulib")

needs_real_elections = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="no real elections: set GLAS_PABULIB to a folder with .pb files"
)


def instance(budget: int, lot: str = "", **costs: int) -> Instance:
    """Return an instance of projects by their ids and costs."""
    return Instance(tuple(Project(name, cost) for name, cost in costs.items()), budget, lot=tuple(lot))


def approvals(*ballots: str) -> Profile:
    """Return a profile of approval ballots; "3*ab" stands for three ballots with a and b."""
    return Profile.of("approval", _many(ballots))


def rankings(*ballots: str) -> Profile:
    """Return a profile of ranked ballots."""
    return Profile.of("ordinal", _many(ballots))


def _many(ballots: tuple[str, ...]) -> list[str]:
    pairs = [ballot.rpartition("*") for ballot in ballots]
    return [ballot for number, _, ballot in pairs for _ in range(int(number or 1))]


def ids(allocation: Allocation) -> str:
    """Return the funded ids in order."""
    return "".join(project.id for project in allocation.funded)
