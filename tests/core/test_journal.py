"""The journal keeps a role and a pseudonym; erasing a person drops the name, not the line."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core import journal, store
from core.errors import NotAllowed
from core.permissions import Role
from db import tables
from tests.helpers.worlds import Town


def note(town: Town, actor=None, **facts) -> None:
    with store.transaction() as session:
        journal.write(session, actor or town.organiser, "tested", round_id=town.round.id, at=town.at, **facts)


def read(town: Town, actor=None):
    with store.reading() as session:
        return journal.entries(session, actor or town.council, town.round.id)


def test_a_line_says_who_did_what_when(town: Town):
    note(town, projects=["p01"], budget=5)

    assert read(town) == (
        journal.Entry(
            town.at, Role.organiser, "organiser", "p-organiser", "tested", {"projects": ["p01"], "budget": 5}
        ),
    )


def test_what_was_done_is_found_by_its_kind_with_the_line_before_it(town: Town):
    note(town, each=1)
    with store.transaction() as session:
        journal.write(session, town.organiser, "tried", round_id=town.round.id, at=town.at)
        note_too = journal.done(session, town.round.id, ("tried", "never"))
    (line,) = note_too
    assert (line.action, line.pseudonym, line.whole) == ("tried", "p-organiser", True)
    assert not replace(line, facts={"each": 2}).whole


def test_erasing_a_person_drops_the_name_and_keeps_the_line(town: Town):
    note(town)
    with store.transaction() as session:
        session.delete(session.get_one(tables.Person, town.organiser.person_id))

    (line,) = read(town)
    assert (line.name, line.role, line.pseudonym) == (None, Role.organiser, "p-organiser")


def test_lines_come_in_the_order_of_writing(town: Town):
    for number in range(5):
        note(town, number=number)

    assert [line.facts["number"] for line in read(town)] == list(range(5))


def test_the_operator_is_at_the_server(town: Town):
    note(town, town.operator)

    (line,) = read(town)
    assert (line.role, line.name, line.pseudonym) == (Role.operator, None, "server")


@pytest.mark.parametrize("role", [Role.guest, Role.resident, Role.reviewer])
def test_it_is_for_those_who_watch_over_the_round(town: Town, role: Role):
    with pytest.raises(NotAllowed):
        read(town, town.of(role))


def test_another_towns_journal_is_out_of_sight(town: Town):
    note(town)

    assert read(town, replace(town.council, municipality_id=99)) == ()


def test_those_who_write_at_once_take_turns(town: Town):
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(note, town, number=number) for number in range(40)]:
            done.result()

    with store.reading() as session:
        lines = list(journal.lines(session, town.municipality.id))
    mine = [line for line in lines if line.action == "tested"]
    assert len(mine) == 40 and {line.facts["number"] for line in mine} == set(range(40))
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert all(line.whole for line in lines)
