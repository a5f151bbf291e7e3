"""A person puts right what she once told, and nothing else of hers changes."""

import pytest

from core.errors import Invalid, Locked, NotSignedIn, TooManyTries
from core.people import accounts, sign_in
from core.people.throttle import LIMITS, Kind
from core.store import reading, transaction
from tests.helpers import boxes
from tests.helpers.worlds import PASSWORD, Town


def correct(town: Town, who=None, **changes):
    given = {"nickname": "resident", "email": None, "birth_year": 2006, "area_id": town.municipality.areas[0].id}
    return accounts.correct(transaction, who or town.resident, at=town.at, **{**given, **changes})


def test_what_was_mistyped_is_put_right_and_signs_in(town: Town):
    area = town.municipality.areas[1].id
    fixed = correct(town, nickname="Нели", email="Neli@example.org", birth_year=2005, area_id=area)

    assert (fixed.nickname, fixed.birth_year, fixed.area_id) == ("Нели", 2005, area)
    for name in ("НЕЛИ", "neli@example.org"):
        came = sign_in.enter(transaction, town.municipality.id, name, PASSWORD, address="", device="", at=town.at)
        assert came.actor.person_id == town.resident.person_id
    with reading() as session:
        profile = accounts.profile(session, fixed)
    assert (profile.email, profile.has_password) == ("Neli@example.org", True)


def test_the_year_of_birth_is_fixed_while_a_ballot_of_hers_stands(town: Town):
    assert correct(town, birth_year=2005).birth_year == 2005
    boxes.cast(town, town.resident, ["p01"])
    with pytest.raises(Locked) as refusal:
        correct(town, birth_year=2006)
    assert refusal.value.what == "birth_year"
    assert correct(town, birth_year=2005, nickname="Нели").nickname == "Нели"
    boxes.withdraw(town, town.resident, 1)
    assert correct(town, birth_year=2006).birth_year == 2006


def test_it_is_free_again_once_nothing_leads_from_her_to_a_ballot(town: Town):
    boxes.cast(town, town.resident, ["p01"])
    boxes.change("UPDATE round SET anonymised_at = voting_from")
    assert correct(town, birth_year=2005).birth_year == 2005


def test_a_ballot_stays_hers_and_counts(town: Town):
    boxes.cast(town, town.resident, ["p01"])
    fixed = correct(town, nickname="Нели")

    assert boxes.cast(town, fixed, ["p02"], 1).revision == 2


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"nickname": "NEIGHBOUR"}, "nickname", "taken"), ({"nickname": ""}, "nickname", "required"),
        ({"nickname": "a@b.org"}, "nickname", "format"), ({"email": "nobody"}, "email", "format"),
        ({"birth_year": 2020}, "birth_year", "too_young"), ({"birth_year": 1800}, "birth_year", "range"),
        ({"birth_year": None}, "birth_year", "required"), ({"area_id": 999}, "area", "choice"),
    ],
)  # fmt: skip
def test_what_would_be_refused_at_joining_is_refused_here(town: Town, changes, field, problem):
    before = boxes.rows("SELECT * FROM person ORDER BY id")
    with pytest.raises(Invalid) as refusal:
        correct(town, **changes)
    assert (refusal.value.field, refusal.value.problem) == (field, problem)
    assert boxes.rows("SELECT * FROM person ORDER BY id") == before


def test_whoever_tries_a_list_of_addresses_waits(town: Town):
    correct(town, town.neighbour, nickname="neighbour", email="n@example.org")
    for _ in range(LIMITS[Kind.names].free):
        with pytest.raises(Invalid):
            correct(town, email="n@example.org")
    with pytest.raises(TooManyTries):
        correct(town, email="n@example.org")
    # Nobody else waits for it.
    correct(town, town.organiser, nickname="organiser")


def test_an_email_of_somebody_else_is_taken(town: Town):
    correct(town, town.neighbour, nickname="neighbour", email="n@example.org")
    with pytest.raises(Invalid):
        correct(town, email="N@Example.org")


def test_her_own_name_written_otherwise_is_hers(town: Town):
    assert correct(town, nickname="Resident").nickname == "Resident"


def test_a_guest_has_nothing_to_put_right(town: Town):
    with pytest.raises(NotSignedIn):
        correct(town, town.guest)
