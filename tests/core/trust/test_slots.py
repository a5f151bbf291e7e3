"""Slots: found by one key only, and where that is gone nobody gets a second one."""

import pytest

from core.errors import KeyMissing
from core.store import reading, transaction
from core.trust import keys, slots, waiting
from tests.helpers import boxes


def connected(act):
    with transaction() as session:
        return act(session.connection())


def test_a_slot_is_found_by_its_person_and_round(town):
    made, other = boxes.cast(town, town.resident, ["p01"]), boxes.round_in_voting(town)
    connected(lambda open_: waiting.empty(open_, town.round.id))

    held = connected(lambda open_: slots.find(open_, town.round.id, town.resident.person_id))

    assert held is not None
    assert (held.revision, held.withdrawn, held.commitment, held.number) == (1, False, made.commitment, made.number)
    for round_id, person in ((town.round.id, town.neighbour), (other.id, town.resident)):
        assert connected(lambda open_, i=round_id, p=person: slots.find(open_, i, p.person_id)) is None


def test_looking_for_a_slot_makes_no_key(town):
    other = boxes.round_in_voting(town)

    assert connected(lambda open_: slots.find(open_, other.id, town.resident.person_id)) is None
    assert not keys.has_link_key(other.id)


def test_a_round_has_slots_from_its_first_ballot_until_nothing_leads_to_them(town):
    def any_in() -> bool:
        with reading() as session:
            return slots.any_in(session.connection(), town.round.id)

    assert not any_in()
    boxes.cast(town, town.resident, ["p01"])
    assert any_in()
    connected(lambda open_: waiting.empty(open_, town.round.id))
    assert any_in()
    boxes.change("UPDATE slot SET lookup = NULL")
    assert not any_in()


def test_where_the_link_is_lost_nobody_finds_or_opens_a_slot(town):
    with reading() as session:
        # No ballot, no key: there is nothing to lose.
        slots.refuse_without_link(session.connection(), town.round.id)
    boxes.cast(town, town.resident, ["p01"])
    with reading() as session:
        slots.refuse_without_link(session.connection(), town.round.id)
    boxes.lose_link(town.round.id)

    for act in (
        lambda open_: slots.refuse_without_link(open_, town.round.id),
        lambda open_: slots.find(open_, town.round.id, town.resident.person_id),
    ):
        with pytest.raises(KeyMissing) as refusal:
            connected(act)
        assert (refusal.value.round_id, refusal.value.key) == (town.round.id, "link")
    assert not keys.has_link_key(town.round.id)


def test_a_ballot_stands_for_a_person_until_it_is_withdrawn_or_nothing_leads_to_it(town):
    def stands(person) -> bool:
        return connected(lambda open_: waiting.stands_for(open_, town.municipality.id, person.person_id))

    assert not stands(town.resident)
    boxes.cast(town, town.resident, ["p01"])
    assert stands(town.resident) and not stands(town.neighbour)
    assert not connected(lambda open_: waiting.stands_for(open_, town.municipality.id + 1, town.resident.person_id))
    boxes.withdraw(town, town.resident, 1)
    assert not stands(town.resident)
    boxes.cast(town, town.resident, ["p02"], 2)
    assert stands(town.resident)
    boxes.change("UPDATE round SET anonymised_at = voting_from")
    assert not stands(town.resident)


def test_a_link_is_known_by_its_mark_and_another_is_not(town):
    other = boxes.round_in_voting(town)

    def known(round_id: int) -> tuple[bool, bool, bool]:
        return connected(lambda open_: (
            slots.is_link(open_, round_id), slots.is_known(open_, round_id), slots.needs_link(open_, round_id),
        ))  # fmt: skip

    boxes.change("DELETE FROM mark")
    assert known(other.id) == (False, False, False)
    assert connected(lambda open_: slots.mark(open_, other.id)) is None
    connected(lambda open_: slots.put_mark(open_, other.id))
    assert known(other.id) == (True, True, False)
    first = connected(lambda open_: slots.mark(open_, other.id))
    assert first == slots.mark_of(other.id, keys.link_key(other.id))
    boxes.cast(town, town.resident, ["p01"], round_=other)
    assert known(other.id) == (True, True, True)

    # Another link in its place is not known, and no new mark makes it so.
    boxes.lose_link(other.id)
    keys.link_key(other.id)
    assert known(other.id) == (False, False, True)
    connected(lambda open_: slots.put_mark(open_, other.id))
    assert connected(lambda open_: slots.mark(open_, other.id)) == first
