"""The official winners of real elections come out, by the rule that each file declares."""

import pytest

from core.counting import pabulib
from core.counting.rules import allocate
from tests.helpers.elections import FOLDER, needs_real_elections

DECLARED = [
    path
    for path in sorted(FOLDER.glob("*.pb"))
    if b"selected" in (head := path.read_bytes().partition(b"VOTES")[0]) and b"rule;unknown" not in head
]


@needs_real_elections
@pytest.mark.parametrize("path", DECLARED, ids=lambda path: path.stem)
def test_official_winners_come_out(path):
    file = pabulib.read(path)
    rule, settings = file.declared

    allocation = allocate(rule, file.instance, file.profile, **settings)

    assert {project.id for project in allocation.funded} == set(file.winners)
    assert allocation.cost <= file.instance.budget


@needs_real_elections
def test_all_the_files_with_official_winners_are_here():
    assert len(DECLARED) >= 22
