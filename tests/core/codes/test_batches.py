"""Participation codes: shown once, used once, by nobody in particular."""

import stat
from threading import Thread

import pytest
from sqlmodel import select

from core import codes, letters, store
from core.errors import CodeSpent, CodeUnknown, Invalid, NotAllowed, NotEligible, NotSignedIn, WrongPhase
from core.permissions import Role
from core.phases import Phase
from core.settings import settings
from core.voting import roll
from db import tables
from tests.helpers import boxes
from tests.helpers.worlds import Town, round_in


def batch(town: Town, count: int = 3) -> tuple[str, ...]:
    with store.transaction() as session:
        made = codes.make_batch(session, town.organiser, town.round.id, " ПМГ ", count, at=town.at)
        newest = codes.batches(session, town.organiser, town.round.id)[-1]
    boxes.release(town, town.round.id, newest.id, town.at)
    return made


def enter(town: Town, code: str, name: str = "resident") -> None:
    with store.transaction() as session:
        codes.enter(session, town.people[name], town.round.id, code, at=town.at)


def test_a_code_puts_a_person_on_the_roll_and_is_spent(town: Town):
    code, *_ = batch(town)

    enter(town, code)

    with store.reading() as session:
        assert roll.on_roll(session, town.resident, town.round.id)
        (found,) = codes.batches(session, town.organiser, town.round.id)
    # Of so few codes the number used would tell who has used hers.
    assert (found.label, found.count, found.used, found.unused) == ("ПМГ", 3, None, None)
    with pytest.raises(CodeSpent):
        enter(town, code, "neighbour")


def test_a_code_can_be_typed_carelessly_and_in_cyrillic(town: Town):
    code, *_ = batch(town)
    cyrillic = code.translate(str.maketrans("ABEKMHPCTYX", "АВЕКМНРСТУХ"))

    enter(town, f" {cyrillic.lower().replace('-', ' ')} ")


def test_who_is_on_the_roll_spends_no_second_code(town: Town):
    first, second, _ = batch(town)
    enter(town, first)
    enter(town, second)

    enter(town, second, "neighbour")


@pytest.mark.parametrize("typed", ["", "12345", "AAAAA-AAAAA-AAAAA7", "ъъъъъъъъъъъъъъъъ", "2" * 300])
def test_what_cannot_be_a_code_is_a_typing_error(town: Town, typed: str):
    with pytest.raises(CodeUnknown) as refusal:
        enter(town, typed)

    assert refusal.value.typing


def test_a_well_formed_code_that_was_never_made_is_unknown(town: Town):
    body = "23456789ABCDEFG"

    with pytest.raises(CodeUnknown) as refusal:
        enter(town, body + letters.check_symbol(body))

    assert not refusal.value.typing


def test_a_code_belongs_to_its_round(town: Town):
    code, *_ = batch(town)
    with store.transaction() as session:
        other = round_in(session, town.municipality.id, Phase.ideas, town.at, slug="other")

    with pytest.raises(CodeUnknown), store.transaction() as session:
        codes.enter(session, town.resident, other.id, code, at=town.at)


def test_every_single_error_and_every_swap_of_neighbours_is_caught():
    body = letters.random_text(15)
    code = body + letters.check_symbol(body)
    wrong = {code[:i] + symbol + code[i + 1 :] for i in range(16) for symbol in letters.ALPHABET}
    wrong |= {code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in range(15)}

    for each in wrong - {code}:
        with pytest.raises(CodeUnknown):
            codes.check(each)


def test_neither_the_database_nor_others_on_the_server_can_read_a_code(town: Town):
    made = batch(town)

    with store.reading() as session:
        kept = repr(session.exec(select(tables.Code)).all())
    assert not any(letters.plain(code) in kept for code in made)
    assert stat.S_IMODE((settings().key_dir / "pepper").stat().st_mode) == 0o600


def test_nothing_says_who_used_which_code():
    assert set(tables.Roll.model_fields) == {"round_id", "person_id"}
    assert not {"person_id", "spent_by", "spent_at"} & set(tables.Code.model_fields)


@pytest.mark.parametrize(
    ("label", "count", "field"), [("", 1, "label"), ("x" * 81, 1, "label"), ("x", 0, "count"), ("x", 5001, "count")]
)
def test_a_batch_has_a_label_and_a_sensible_size(town: Town, label: str, count: int, field: str):
    with pytest.raises(Invalid) as refusal, store.transaction() as session:
        codes.make_batch(session, town.organiser, town.round.id, label, count, at=town.at)

    assert refusal.value.field == field


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.organiser])
def test_only_organisers_make_codes(town: Town, role: Role):
    with pytest.raises((NotAllowed, NotSignedIn)), store.transaction() as session:
        codes.make_batch(session, town.of(role), town.round.id, "x", 1, at=town.at)


def test_after_voting_no_code_is_entered(town: Town):
    code, *_ = batch(town)

    with pytest.raises(WrongPhase), store.transaction() as session:
        codes.enter(session, town.resident, town.round.id, code, at=town.round.dates.voting_until)


def test_of_two_with_one_code_exactly_one_gets_in(town: Town):
    code, *_ = batch(town)
    told = []

    def try_it(name: str) -> None:
        try:
            enter(town, code, name)
            told.append("in")
        except CodeSpent:
            told.append("spent")

    both = [Thread(target=try_it, args=(name,)) for name in ("resident", "neighbour")]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(told) == ["in", "spent"]


def test_who_is_too_young_keeps_the_code_for_somebody_else(town: Town):
    (code,) = batch(town, 1)
    young = boxes.people(town, 1, birth_year=town.round.age_on.year - town.round.age_min + 1)[0]
    with pytest.raises(NotEligible), store.transaction() as session:
        codes.enter(session, young, town.round.id, code, at=town.at)

    with store.reading() as session:
        assert not roll.on_roll(session, young, town.round.id)
    enter(town, code)
