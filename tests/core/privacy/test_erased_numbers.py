"""Whoever joins after somebody has left gets nothing of hers: neither her number nor what it leads to."""

from core import store, voting
from core.operations import backups
from core.privacy import erasure
from core.store import reading, transaction
from db import engine
from db.tables.people import Person
from tests.helpers import boxes, voted, worlds


def voted_and_left(town):
    """Have the last who joined vote and leave, and return who she was."""
    (last,) = voted.voters(town, 1, first=7)
    voted.cast(town, last, ["p01"], 0)
    with transaction() as session:
        erasure.erase(session, last, at=town.at)
    return last


def joined(town, name, **changes):
    with transaction() as session:
        return worlds.person(session, town.municipality, name, frozenset(), town.at, **changes)


def ballot_of(town, person):
    with reading() as session:
        return voting.my_ballot(session, person, town.round.id)


def test_who_comes_after_somebody_who_left_has_not_voted(town):
    last, after = voted_and_left(town), joined(town, "after")

    assert after.person_id != last.person_id
    assert ballot_of(town, after) is None
    assert voted.cast(town, after, ["p02"], 0).revision == 1
    assert boxes.rows("SELECT count(*) FROM slot")[0][0] == 2


def test_control_with_a_number_that_is_given_again_she_would_hold_the_ballot_of_another(town):
    last = voted_and_left(town)

    assert ballot_of(town, joined(town, "after", id=last.person_id)).choices == ("p01",)


def test_a_restored_database_gives_no_number_again_either(town, tmp_path):
    last = voted_and_left(town)
    with reading() as session:
        backups.write(session, tmp_path / "glas.tar.gz", at=town.at)

    with engine.use(f"sqlite:///{tmp_path / 'elsewhere.db'}") as opened:
        store.upgrade()
        backups.restore(tmp_path / "glas.tar.gz")
        numbers = [joined(town, f"more-{each}").person_id for each in range(9)]
        opened.dispose()

    assert last.person_id not in numbers
    # Nor do they tell who joined when: that nine are drawn in order happens once in 362,880 times.
    assert numbers != sorted(numbers)


def test_a_number_is_exact_in_a_browser_and_beyond_what_was_ever_counted():
    numbers = {Person(municipality_id=1, nickname="x", nickname_key="x", pseudonym="x").id for _ in range(200)}

    assert len(numbers) == 200 and all(2**40 <= number < 2**53 for number in numbers)
