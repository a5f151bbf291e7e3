"""The draw: its source is fixed before the final root, what came up has one form, and each of two people brings it."""

import hashlib
import json

import pytest

from core import closing, journal
from core.audit import bundle
from core.audit.recount import recount
from core.errors import Invalid, VotedOnAltered
from core.permissions import Action
from core.results import bundles
from core.rounds import second_person
from core.rounds.second_person import Pending
from core.rounds.steps import Step
from core.store import reading, transaction
from core.trust import lots
from core.trust.lots import DICE, Source
from pages.open_data.bundles_route import readme
from tests.helpers import boxes, worlds

BEACON = Source("drand quicknet, round 12345678")
VALUE = "5e1f" * 8
SPELLINGS = (
    "3614425162", "3 6 1 4 4 2 5 1 6 2", "3,6,1,4,4,2,5,1,6,2", "3, 6, 1, 4, 4, 2, 5, 1, 6, 2", "3-6-1-4-4-2-5-1-6-2",
    "3–6–1–4–4–2–5–1–6–2", "36144 25162", "3.6.1.4.4.2.5.1.6.2", "[3;6;1;4;4;2;5;1;6;2]", " 3614425162\n",
    "3\t6\t1\t4\t4\t2\t5\t1\t6\t2", "3\u00a06\u200b1 4 4/2 5 1 6 2.",
)  # fmt: skip


@pytest.fixture
def ended(town):
    """Give the town after a vote with one ballot, and a moment after it."""
    boxes.cast(town, town.resident, ["p01"])
    return town, boxes.end_voting(town.round.id)


def state(town, actor, at):
    with reading() as session:
        return closing.state(session, actor, town.round.id, at=at)


def close(town, at, source=DICE):
    return boxes.both(town, lambda session, actor: closing.close(session, actor, town.round.id, source, at=at))


def draw(town, who, typed, at):
    with transaction() as session:
        return closing.draw(session, town.people[who], town.round.id, typed, at=at)


def lines(town, actor):
    with reading() as session:
        return {each.action: each.facts for each in journal.entries(session, actor, town.round.id)}


# One form


def test_the_order_does_not_depend_on_the_spelling():
    seeds = {lots.seed(bytes(32), lots.reduced(DICE, spelling)) for spelling in SPELLINGS}
    unreduced = {lots.seed(bytes(32), spelling) for spelling in SPELLINGS}
    orders = {lots.order(seed, worlds.COSTS) for seed in unreduced}

    assert seeds == {lots.seed(bytes(32), boxes.DICE)}
    # The control: as they are typed, every one of them has a seed of its own, and there are orders to choose from.
    assert len(unreduced) == len(SPELLINGS) == 12
    assert len(orders) > 6


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("6", 1), ("", 0), ("- , -", 0), ("3 6 1 4 4 2 5 1 6", 9), ("3 6 1 4 4 2 5 1 6 2 2", 11),
        ("3 6 1 4 4 2 5 1 6 7", 10), ("3 6 1 4 4 2 5 1 6 0", 10), ("3614425162 Ana", 13),
        ("٣٦١٤٤٢٥١٦٢", 10), ("３６１４４２５１６２", 10), (VALUE, 32),
    ],
)  # fmt: skip
def test_anything_but_ten_throws_is_refused(typed, found):
    with pytest.raises(Invalid) as refusal:
        lots.reduced(DICE, typed)
    assert refusal.value.facts == {"field": "randomness", "problem": "dice", "found": found}


@pytest.mark.parametrize(
    "typed", [VALUE, VALUE.upper(), f"  {VALUE[:20]} {VALUE[20:]}\n", VALUE + "ab12", VALUE + "f" * 96, " ".join(VALUE)]
)
def test_a_beacons_value_has_one_form_however_much_of_it_is_typed(typed):
    assert lots.reduced(BEACON, typed) == VALUE


@pytest.mark.parametrize("typed", ["", VALUE[:-1], "0x" + VALUE, VALUE + "g", VALUE + ".", boxes.DICE])
def test_what_is_no_value_of_a_beacon_is_refused(typed):
    with pytest.raises(Invalid) as refusal:
        lots.reduced(BEACON, typed)
    assert refusal.value.problem == "beacon"


def test_the_form_stays_what_it_is():
    for source, typed in ((DICE, SPELLINGS[1]), (BEACON, VALUE.upper())):
        once = lots.reduced(source, typed)
        assert lots.reduced(source, once) == once


def test_two_spellings_of_one_draw_are_the_same_draw(ended):
    town, at = ended
    close(town, at)
    draw(town, "organiser", SPELLINGS[1], at)
    drawn = draw(town, "second_organiser", SPELLINGS[8], at)

    assert drawn.randomness == boxes.DICE
    assert drawn.seed == hashlib.sha256(drawn.final_root + boxes.DICE.encode()).digest()
    assert boxes.rows("SELECT randomness, randomness_source FROM round") == [(boxes.DICE, "dice")]


@pytest.mark.parametrize("typed", ["6", "3 6 1 4 4 2 5 1 6 2 2", VALUE])
def test_one_die_and_eleven_are_no_draw(ended, typed):
    town, at = ended
    close(town, at)
    for who in ("organiser", "second_organiser"):
        with pytest.raises(Invalid):
            draw(town, who, typed, at)

    assert state(town, town.organiser, at).pending is None
    assert state(town, town.organiser, at).step is Step.randomness


# The source


def test_the_source_is_noted_while_there_is_no_final_root(ended):
    town, at = ended
    with transaction() as session:
        asked = closing.close(session, town.organiser, town.round.id, BEACON, at=at)

    assert isinstance(asked, Pending)
    assert lines(town, town.auditor)["ask_close_vote"]["source"] == BEACON.text
    seen = state(town, town.second_organiser, at)
    # The second person sees what the first one chose.
    assert lots.read_source(seen.pending.reason) == BEACON and seen.final_root is None and seen.source is None


def test_both_people_choose_the_same_source(ended):
    town, at = ended
    with transaction() as session:
        closing.close(session, town.organiser, town.round.id, BEACON, at=at)
    for other in (DICE, Source("drand quicknet, round 12345679")):
        with pytest.raises(Invalid) as refusal, transaction() as session:
            closing.close(session, town.second_organiser, town.round.id, other, at=at)
        facts = refusal.value.facts
        assert (facts["field"], facts["problem"]) == ("source", "differs")
        assert state(town, town.organiser, at).step is Step.close
    with transaction() as session:
        closing.close(session, town.second_organiser, town.round.id, BEACON, at=at)

    closed = state(town, town.organiser, at)
    assert (closed.step, closed.source) == (Step.randomness, BEACON)
    assert lines(town, town.auditor)["close_vote"]["source"] == BEACON.text


@pytest.mark.parametrize(("fixed", "other", "value"), [(DICE, BEACON, VALUE), (BEACON, DICE, boxes.DICE)])
def test_the_source_cannot_be_changed_after_the_close(ended, fixed, other, value):
    town, at = ended
    close(town, at, fixed)
    assert close(town, at, other).source == fixed
    with pytest.raises(Invalid):
        draw(town, "organiser", value, at)

    right = VALUE if fixed is BEACON else boxes.DICE
    draw(town, "organiser", right, at)
    assert close(town, at, other).source == fixed
    assert draw(town, "second_organiser", right, at).source == fixed
    assert close(town, at, other).source == fixed
    assert boxes.rows("SELECT randomness_source FROM round") == [(fixed.text,)]


def test_where_it_could_be_changed_the_other_value_would_be_drawn(ended):
    """The control: only what is stored at the close decides which form is asked for."""
    town, at = ended
    close(town, at, DICE)
    boxes.change("UPDATE round SET randomness_source = :source", source=BEACON.text)
    with pytest.raises(VotedOnAltered) as refusal:
        draw(town, "organiser", VALUE, at)
    assert refusal.value.what == ("closed.source",)

    boxes.without_notes(town.round.id)

    draw(town, "organiser", VALUE, at)
    assert draw(town, "second_organiser", VALUE, at).randomness == VALUE


def test_a_round_that_was_closed_without_a_source_is_drawn_by_dice(ended):
    town, at = ended
    close(town, at)
    boxes.without_notes(town.round.id)
    boxes.change("UPDATE round SET randomness_source = NULL")

    assert boxes.draw(town, town.round.id, at).source == DICE
    assert boxes.rows("SELECT randomness_source FROM round") == [("dice",)]


@pytest.mark.parametrize(
    ("name", "problem"), [("", "required"), (" \n ", "required"), ("x" * 201, "too_long"), ("drand\0", "format")]
)
def test_a_beacon_has_a_name(ended, name, problem):
    town, at = ended
    with pytest.raises(Invalid) as refusal, transaction() as session:
        closing.close(session, town.organiser, town.round.id, Source(name), at=at)
    assert (refusal.value.field, refusal.value.problem) == ("source", problem)


@pytest.mark.parametrize("name", ["x", "x" * 200, "dice", "beacon: dice", "Маяк, кръг 5"])
def test_a_source_is_read_as_it_was_written(name):
    assert lots.read_source(Source(name).text) == Source(name)
    assert lots.read_source(DICE.text) == DICE
    assert lots.named(Source(f"  {name}\n ")) == Source(name)


# Two people, each with her own eyes


def test_what_the_first_one_typed_is_told_to_nobody_else(ended):
    town, at = ended
    close(town, at)
    draw(town, "organiser", SPELLINGS[1], at)

    assert state(town, town.organiser, at).typed == boxes.DICE
    for reader in (town.second_organiser, town.auditor):
        seen = state(town, reader, at)
        assert seen.typed is None and seen.pending.action is Action.draw_ties
        with reading() as session:
            told = [repr(seen), repr(second_person.pending(session, reader, town.round.id)), repr(lines(town, reader))]
        assert not [text for text in told if boxes.DICE in text or SPELLINGS[1] in text]
    # The control: it is there, and the one who typed it is told.
    with reading() as session:
        assert boxes.DICE in repr(second_person.pending(session, town.organiser, town.round.id))
    assert boxes.rows("SELECT reason FROM second_person") == [(boxes.DICE,)]


def test_the_second_person_types_what_the_first_one_saw(ended):
    town, at = ended
    close(town, at)
    draw(town, "organiser", boxes.DICE, at)
    with pytest.raises(Invalid) as refusal:
        draw(town, "second_organiser", boxes.DICE[::-1], at)
    places = tuple(at for at in range(1, 11) if boxes.DICE[at - 1] != boxes.DICE[-at])
    assert refusal.value.facts == {"field": "randomness", "problem": "differs", "places": places}
    other = boxes.DICE[:2] + ("1" if boxes.DICE[2] != "1" else "2") + boxes.DICE[3:]
    with pytest.raises(Invalid) as refusal:
        draw(town, "second_organiser", other, at)
    assert refusal.value.facts["places"] == (3,)
    assert state(town, town.organiser, at).randomness is None

    assert draw(town, "second_organiser", boxes.DICE, at).randomness == boxes.DICE
    assert lines(town, town.auditor)["draw_ties"] == {"randomness": boxes.DICE, "source": "dice"}


# What everyone gets


@pytest.mark.parametrize(("source", "typed", "form"), [(DICE, SPELLINGS[1], boxes.DICE), (BEACON, "5E1F " * 16, VALUE)])
def test_the_bundle_holds_the_source_and_its_one_form(ended, source, typed, form):
    town, at = ended
    here = town.round.id
    close(town, at, source)
    boxes.draw(town, here, at, typed)
    boxes.open_all(town, here, at)
    boxes.keep_turnout(town, here, at)
    boxes.count(town, here, at)
    boxes.publish(town, here, at)

    with reading() as session:
        files = bundles.public_bundle(session, town.guest, town.round.slug, readme())
    told = json.loads(files[bundle.RULES])["draw"]
    assert (told["source"], told["randomness"]) == (source.text, form)
    assert [check.name for check in recount(bundle.to_zip(files)) if check.failed] == []
    # From then on everyone is told both.
    assert state(town, town.guest, at).source == source and state(town, town.guest, at).randomness == form
