"""Names: two that look alike are one, and nothing in a name is hidden from those who read it."""

from __future__ import annotations

import pytest

from core.closing import commission
from core.errors import Invalid
from core.people import accounts, passwords, persons
from core.permissions import OPERATOR, Actor
from core.phases import Phase
from core.privacy import retention
from core.store import transaction
from tests.helpers import boxes, worlds
from tests.helpers.worlds import PASSWORD, Town


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "hashed", lambda *_: "hash")
    monkeypatch.setattr(passwords, "check_strength", lambda *_, **__: None)


def join(town: Town, nickname: str) -> Actor:
    return accounts.join(
        transaction, town.municipality.id, nickname=nickname, password=PASSWORD, birth_year=2008, area_id=None,
        language="bg", at=town.at, address="192.0.2.7",
    ).actor  # fmt: skip


def refused(call) -> tuple[str, str]:
    with pytest.raises(Invalid) as refusal:
        call()
    return refusal.value.field, refusal.value.facts.get("why", refusal.value.problem)


# The first is taken; the second looks like it, each of one alphabet in every word.
ALIKE = (
    ("Сор", "Cop"), ("САША ВЕСЕНОВ", "САША\u00a0ВЕСЕНОВ"), ("ТОРА", "TOPA"), ("Ivo", "lvo"), ("Ivo", "1vo"),
    ("ANNA", "ΑΝΝΑ"), ("Zoe", "Zoë"), ("Anna-Maria", "Anna\u2010Maria"), ("Boo-1", "Bo0-1"),
    ("Ema", "Ема"), ("coco", "сосо"), ("mara", "ᴍara"), ("Мария 1", "МАРИЯ 1"),
)  # fmt: skip


@pytest.mark.parametrize(("first", "second"), ALIKE)
def test_a_name_that_looks_like_one_that_somebody_has_is_taken(town: Town, first: str, second: str):
    join(town, first)

    assert refused(lambda: join(town, second)) == ("nickname", "taken")


@pytest.mark.parametrize("name", ["Mapия", "Ивa", "Дeни", "пeтър 5", "iван", "Αnna", "Ани Mария-Иванoва"])
def test_a_word_of_two_alphabets_is_refused(town: Town, name: str):
    assert refused(lambda: join(town, name)) == ("nickname", "mixed")


UNSEEN = (
    "\u3164", "\u2800", "\u115f\u1160", "\uffa0", "Ма\u200bрия", "Мария\u200d", "\u202eяираМ", "Мария\u2066",
    "Ма\u00adрия", "Мария\u3164", "Ма\u2800рия", "Мария\ufe0f", "Ма\u034fрия", "Мария\U000e0061",
    "\ufeffМария", "Ма\u180eрия",
    "Ма\x00рия", "\ud800Мария",
)  # fmt: skip


@pytest.mark.parametrize("name", UNSEEN)
def test_a_sign_that_nobody_sees_is_refused(town: Town, name: str):
    assert refused(lambda: join(town, name)) == ("nickname", "unseen")


@pytest.mark.parametrize(
    "name", ["DJ Мария", "Мария_Maria", "Иван-Ivan", "O'Нил и Ко", "Ани ❤️", "3D Иво", "山田たろう"]
)
def test_names_that_people_have_are_taken_as_they_are(town: Town, name: str):
    assert join(town, name).nickname == name.replace("\ufe0f", "")


@pytest.mark.parametrize(
    ("name", "problem"), [("ᎪᏴᏟ", "alphabet"), ("а\u0316\u0317\u0318", "piled"), ("  ", "required")]
)
def test_other_names_that_are_none(town: Town, name: str, problem: str):
    assert refused(lambda: join(town, name)) == ("nickname", problem)


def test_a_correction_and_an_invited_person_meet_the_same_door(town: Town):
    maria, other = join(town, "Мария"), join(town, "Друга")

    def rename(actor: Actor, to: str) -> Actor:
        return accounts.correct(
            transaction, actor, nickname=to, email=None, birth_year=2008, area_id=None, at=town.at
        )  # fmt: skip

    assert refused(lambda: rename(other, "МАРИЯ")) == ("nickname", "taken")
    assert refused(lambda: rename(other, "Mapия")) == ("nickname", "mixed")
    assert rename(maria, "мария").nickname == "мария"
    with transaction() as session:
        told = {"municipality_id": town.municipality.id, "roles": (), "at": town.at}
        assert refused(lambda: accounts.create_person(session, OPERATOR, nickname="МАРИЯ", **told))[1] == "taken"
        assert refused(lambda: accounts.create_person(session, OPERATOR, nickname="М\u200bария", **told))[1] == "unseen"


def test_names_of_old_stay_and_nobody_takes_a_third(town: Town):
    with transaction() as session:
        for name in ("Cop", "Сор", "Ивa"):
            worlds.person(session, town.municipality, name, frozenset(), town.at)
    assert refused(lambda: join(town, "СОР")) == ("nickname", "taken")

    retention.carry_out(transaction, at=town.at)

    known = {row.nickname: row.nickname_look for row in boxes.rows("SELECT nickname, nickname_look FROM person")}
    assert (sorted(filter(None, (known["Cop"], known["Сор"]))), known["Ивa"]) == (["cop"], "иba")
    assert refused(lambda: join(town, "С0Р")) == ("nickname", "taken")
    with transaction() as session:
        row = persons.by_name(session, town.municipality.id, "Ивa")
        actor = persons.actor_from(session, row)
    # Who has such a name may keep it and correct the rest.
    kept = accounts.correct(
        transaction, actor, nickname="Ивa", email="iva@example.org", birth_year=2007, area_id=None, at=town.at
    )
    assert kept.nickname == "Ивa"


def test_the_looks_of_a_whole_town_are_noted_a_part_at_a_time(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(persons, "AT_ONCE", 3)
    with transaction() as session:
        for number in range(5):
            worlds.person(session, town.municipality, f"pupil-{number}", frozenset(), town.at)
        assert persons.note_looks(session) == 3

    retention.carry_out(transaction, at=town.at)

    assert boxes.rows("SELECT 1 FROM person WHERE nickname_look IS NULL") == []


def test_two_looks_are_refused_by_the_database_too(town: Town, monkeypatch: pytest.MonkeyPatch):
    join(town, "Cop")
    monkeypatch.setattr(persons, "check_free", lambda *_, **__: None)

    assert refused(lambda: join(town, "Сор")) == ("nickname", "taken")


def test_control_without_looks_the_second_name_is_free(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(persons.letters, "look", lambda text: text)
    join(town, "Cop")

    assert join(town, "Сор").nickname == "Сор"


def test_members_of_a_commission_are_three_whom_one_can_tell_apart(town: Town):
    with transaction() as session:
        round_ = worlds.round_in(
            session, town.municipality.id, Phase.preparation, town.at, slug="s", published=False, visibility="sealed"
        )

        def appoint(*names: str) -> None:
            commission.appoint(session, town.organiser, round_.id, names, at=town.at)

        assert refused(lambda: appoint("Сор", "Cop", "Ana")) == ("names", "taken")
        assert refused(lambda: appoint("Мария", "Mapия", "Ana")) == ("names", "mixed")
        assert refused(lambda: appoint("Мария", "\u3164", "Ana")) == ("names", "required")
        assert refused(lambda: appoint("Мария", "Ма\u200bрия", "Ana")) == ("names", "unseen")


def test_who_has_a_name_that_looks_like_another_is_found(town: Town):
    ivo = join(town, "Ivo")
    with transaction() as session:
        assert persons.looks_like(session, town.municipality.id, "lvo") == {ivo.person_id}
        assert persons.looks_like(session, town.municipality.id, "Iva") == frozenset()
        assert persons.looks_like(session, town.municipality.id + 1, "Ivo") == frozenset()
