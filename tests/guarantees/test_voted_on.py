"""Whoever can write to the database, but has no keys, alters nothing unseen of what is voted on, or was opened."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from core import closing, results, trust, voting
from core.audit import bundle
from core.audit.recount import recount
from core.errors import LogBroken, NotFound, VotedOnAltered
from core.permissions import Action, guest
from core.results import bundles
from core.store import reading, transaction
from core.texts import Texts
from core.trust import keys, notes, readiness, voted_on
from tests.helpers import boxes, sizes
from tests.helpers.bundles import README

# What SQL alters, and what the refusal names.
ALTERED = {
    "cost": ("UPDATE project SET cost = cost - 1 WHERE code = 'p02'", "projects.p02.cost"),
    "title": ("""UPDATE project SET title = '{"bg": "Друго"}' WHERE code = 'p02'""", "projects.p02.title"),
    "text": ("""UPDATE project SET text = '{"bg": "Друго"}' WHERE code = 'p02'""", "projects.p02.text"),
    "list": ("UPDATE project SET code = 'p77' WHERE code = 'p05'", "projects.p77"),
    "order": ("UPDATE project SET position = 99 WHERE code = 'p01'", "order"),
    "conflicts": ("""UPDATE project SET conflicts = '["p01"]' WHERE code = 'p02'""", "projects.p02.conflicts"),
    "withdrawn": (
        """UPDATE round SET source = '{"projects": {"p01": {"withdrawn": true}}}'""",
        "projects.p01.withdrawn",
    ),
    "withdrawn here": (
        "UPDATE project SET withdrawn_at = '2026-01-01 00:00:00', withdrawn_reason = 'Why' WHERE code = 'p01'",
        "projects.p01.withdrawn",
    ),
    "budget": ("UPDATE round SET budget = budget + 1", "budget"),
    "rule": ("UPDATE round SET rule = 'greedy-threshold'", "rule"),
    "settings": ("""UPDATE round SET rule_settings = '{"by": "cost"}'""", "settings.by"),
    "limits": ("UPDATE round SET max_choices = 1", "ballot.max"),
    "least": ("UPDATE round SET min_choices = 2", "ballot.min"),
    "type": ("UPDATE round SET ballot_type = 'ranking'", "ballot.type"),
    "days": ("UPDATE round SET voting_from = '2020-01-01 00:00:00'", "dates.voting_from"),
    "ages": ("UPDATE round SET age_min = 99", "ages.min"),
    "imported": ("UPDATE round SET imported = NOT imported", "imported"),
    "notes": ("DELETE FROM voted_on", "notes"),
    "last note": ("DELETE FROM voted_on WHERE number = (SELECT max(number) FROM voted_on)", "notes"),
}
CLOSED = {
    "size": ("UPDATE round SET final_size = final_size - 1", "closed.size"),
    "source": ("UPDATE round SET randomness_source = 'beacon: mine'", "closed.source"),
    "heads": ("DELETE FROM journal_head", "heads"),
    "a head": ("DELETE FROM journal_head WHERE size = (SELECT max(size) FROM journal_head)", "heads"),
}
DRAWN = {
    "randomness": ("UPDATE round SET randomness = '1111111111'", "drawn.randomness"),
    "lots": ("UPDATE project SET lot = 99 - lot", "drawn.order"),
}
OPENED = {
    "ballot": (
        """UPDATE open_ballot SET choices = '["p05"]' WHERE id = (SELECT min(id) FROM open_ballot)""",
        "opened.ballots",
    ),
    "stuffed": ("""INSERT INTO open_ballot (round_id, choices) SELECT id, '["p05"]' FROM round""", "opened.ballots"),
    "gone": ("DELETE FROM open_ballot WHERE id = (SELECT min(id) FROM open_ballot)", "opened.ballots"),
    "live": ("UPDATE leaf SET live = NOT live", "opened.live"),
    "mismatch": ("INSERT INTO mismatch (round_id, problem) SELECT id, 'missing' FROM round", "opened.mismatches"),
    "turnout": ("""UPDATE round SET turnout = '{"ballots": 99, "ages": [], "areas": []}'""", "turnout.sha256"),
}
COUNTED = {
    "outcome": ("""UPDATE result SET allocation = '{"funded": [], "cost": 0}'""", "counted.allocation"),
    "checksum": ("UPDATE result SET checksum = 'x'", "counted.checksum"),
    "ballots": ("UPDATE result SET ballots = ballots + 1", "counted.ballots"),
}  # fmt: skip


@pytest.fixture
def voted_in(town):
    """Give the town's only round, with some voters, and the moment of its end; nothing is closed."""
    boxes.change("DELETE FROM project WHERE round_id <> :id", id=town.round.id)
    for voter in boxes.people(town, 8):
        boxes.cast(town, voter, ["p01", "p02"])
    return town, town.round.id, boxes.end_voting(town.round.id)


def passed(alterations, act):
    """Return which of these nobody noticed: each is altered, acted upon, and undone with the refusal."""
    unseen = []
    for name, (statement, what) in alterations.items():
        try:
            with transaction() as session:
                boxes.run(session, statement)
                session.expire_all()
                act(session)
                raise Unnoticed
        except VotedOnAltered as refusal:
            if not any(each.startswith(what) for each in refusal.what):
                unseen.append((name, refusal.what))
        except (LogBroken, NotFound):
            continue
        except Unnoticed:
            unseen.append((name, ()))
        finally:
            trust.forget()
    return unseen


class Unnoticed(Exception):
    """The control: what was altered went through."""


def two(act, town, round_id, at):
    """Return what two organisers do, one after the other."""

    def both(session):
        for actor in (town.organiser, town.second_organiser):
            act(session, actor, round_id, at=at)

    return both


def agreed(act, action, town, round_id, at):
    """Return the same, where the second one hands in the consent to what she is shown, altered or not."""

    def agreeing(session, actor, round_id, *, at):
        act(session, actor, round_id, at=at, consent=boxes.consent(session, actor, round_id, action))

    return two(agreeing, town, round_id, at)


def test_what_is_altered_is_neither_closed_nor_drawn_nor_opened_nor_counted_nor_published(voted_in):
    town, round_id, at = voted_in
    # Notes that are gone are put back from beside the keys while nothing is closed.
    early = {name: each for name, each in ALTERED.items() if name != "notes"}
    assert passed(early, two(closing.close, town, round_id, at)) == []
    boxes.close(town, round_id, at)
    draw = two(lambda session, *who, at: closing.draw(session, *who, boxes.DICE, at=at), town, round_id, at)
    assert passed(ALTERED | CLOSED, draw) == []
    boxes.draw(town, round_id, at)

    def unseal(session):
        closing.unseal(session, town.organiser, round_id, at=at)

    assert passed(ALTERED | CLOSED | DRAWN, unseal) == []
    boxes.open_all(town, round_id, at)
    boxes.keep_turnout(town, round_id, at)
    count = agreed(results.count_round, Action.count, town, round_id, at)
    assert passed(ALTERED | CLOSED | DRAWN | OPENED, count) == []
    boxes.count(town, round_id, at)
    altered = ALTERED | CLOSED | DRAWN | OPENED | COUNTED
    publish = agreed(results.publish, Action.publish_result, town, round_id, at)
    assert passed(altered, publish) == []
    boxes.publish(town, round_id, at)
    assert [check.name for check in recount(bundle.to_zip(public(town))) if check.failed] == []
    assert passed(altered, lambda session: bundled(session, town)) == []
    print(f"FIGURES alterations of what was voted on, opened and counted {5 * len(altered)}, refused all")


def test_the_reason_of_a_withdrawal_is_held_as_well(voted_in):
    town, round_id, at = voted_in
    altered = {"reason": ("UPDATE project SET withdrawn_reason = 'Why' WHERE code = 'p05'", "projects.p05.reason")}
    boxes.withdraw_project(town, round_id, "p05", at)
    with reading() as session:
        assert voted_on.hold(session, round_id)
    assert passed(altered, two(closing.close, town, round_id, at)) == []
    boxes.until_count(town, round_id, at)
    assert passed(altered, agreed(results.count_round, Action.count, town, round_id, at)) == []
    boxes.count(town, round_id, at)
    assert passed(altered, agreed(results.publish, Action.publish_result, town, round_id, at)) == []
    boxes.publish(town, round_id, at)
    assert passed(altered, lambda session: bundled(session, town)) == []
    assert [check.name for check in recount(bundle.to_zip(public(town))) if check.failed] == []


def bundled(session, town):
    return bundles.public_bundle(session, guest(town.municipality.id), town.round.slug, README)


def public(town):
    trust.forget()
    with reading() as session:
        return bundled(session, town)


def test_control_without_notes_the_invented_ballots_are_counted(voted_in):
    """Without them the server counts what lies in the table, and its own bundle says that nothing fails."""
    town, round_id, at = voted_in
    boxes.until_count(town, round_id, at)
    boxes.without_notes(round_id)
    boxes.change(OPENED["ballot"][0])
    boxes.count(town, round_id, at)
    boxes.publish(town, round_id, at)

    checks = {check.name: check for check in recount(bundle.to_zip(public(town)))}
    assert not any(check.failed for check in checks.values())
    # But it says of nothing that holds what it cannot show.
    assert not any(checks[name].passed for name in ("mismatches", "votes", "openings", "voted_on", "closing"))


def test_control_without_holding_everything_would_be_counted(voted_in, monkeypatch):
    town, round_id, at = voted_in
    boxes.until_count(town, round_id, at)
    monkeypatch.setattr(voted_on, "hold", lambda *_given: None)
    count = agreed(results.count_round, Action.count, town, round_id, at)
    unseen = passed({"cost": ALTERED["cost"], "ballot": OPENED["ballot"]}, count)
    assert [name for name, _what in unseen] == ["cost", "ballot"]


def test_many_alterations_at_any_moment_are_refused(voted_in):
    """As many as asked for, drawn: after the opening, each undone again, and then the honest count goes through."""
    town, round_id, at = voted_in
    boxes.until_count(town, round_id, at)
    chance, tried = random.Random(sizes.SEED), 0
    columns = {
        "round": ("budget", "max_choices", "tally_step", "final_size"), "project": ("cost",),
    }  # fmt: skip
    for _ in range(max(4, sizes.MUTATIONS // 4)):
        table = chance.choice(sorted(columns))
        column, by = chance.choice(columns[table]), chance.choice((1, 7, 1_000_000))
        narrow = "WHERE id = :id" if table == "round" else "WHERE round_id = :id AND code = 'p03'"
        changed = boxes.change(f"UPDATE {table} SET {column} = {column} + :by {narrow}", by=by, id=round_id)
        before = boxes.rows(f"SELECT {column} FROM {table} {narrow}", id=round_id)[0][0]
        if changed and before is not None:
            tried += 1
            with pytest.raises(VotedOnAltered), reading() as session:
                voted_on.hold(session, round_id)
        boxes.change(f"UPDATE {table} SET {column} = {column} - :by {narrow}", by=by, id=round_id)
    print(f"FIGURES alterations of what was voted on {tried}, refused {tried}")
    assert tried and boxes.count(town, round_id, at).ballots == 8


def test_the_first_ballot_fixes_what_is_voted_on_and_is_refused_without(town, monkeypatch):
    assert boxes.rows("SELECT 1 FROM voted_on") == []
    boxes.cast(town, town.resident, ["p01"])
    (note,) = boxes.rows("SELECT note FROM voted_on")
    lines = note.note.split("\n")
    facts = json.loads(lines[4])
    with reading() as session:
        (told,) = voted_on.told(session, town.round.id)
    assert lines[0] == told.origin + "/voted-on" and lines[1:3] == ["0", "begun"]
    assert (facts["budget"], facts["ballots"]) == (town.round.budget, 0)
    assert keys.remembered(town.round.id, voted_on.FILE) == note.note

    other = boxes.round_in_voting(town)
    monkeypatch.setattr(voted_on, "fix", lambda *_given: None)
    with pytest.raises(VotedOnAltered):
        boxes.cast(town, town.resident, ["p01"], round_=other)
    assert boxes.rows("SELECT 1 FROM slot WHERE round_id = :id", id=other.id) == []


def fixed(town):
    """Fix what is voted on before anybody votes, as the server does within a minute of the opening."""
    with reading() as session:
        assert town.round.id in voted_on.to_fix(session)
    with transaction() as session:
        readiness.prepare(session, town.round.id)
        voted_on.fix(session, town.round.id)


def test_what_is_changed_between_the_opening_and_the_first_ballot_is_amended_in_public(town):
    fixed(town)
    boxes.change("UPDATE project SET cost = cost + 100 WHERE code = 'p01'")
    boxes.cast(town, town.resident, ["p01"])

    with reading() as session:
        first, second = voted_on.told(session, town.round.id)
    (change,) = notes.changes(second)
    assert change.path == ("projects", "p01", "cost") and change.new == change.old + 100
    assert second.former == first.digest() and second.facts["reason"] == "before the first ballot"


def test_a_correction_is_amended_with_its_reason_and_nothing_else_may_differ(town):
    boxes.cast(town, town.resident, ["p01"])
    boxes.change("""UPDATE project SET title = '{"bg": "Поправено"}' WHERE code = 'p02'""")
    path = ("projects", "p02", "title")
    with transaction() as session:
        (change,) = voted_on.amend(session, town.round.id, [path], "печатна грешка", town.at)
    assert change.path == path
    with reading() as session:
        assert voted_on.hold(session, town.round.id) is not None

    boxes.change("UPDATE project SET cost = cost + 1 WHERE code = 'p02'")
    with transaction() as session, pytest.raises(VotedOnAltered) as refusal:
        voted_on.amend(session, town.round.id, [path], "печатна грешка", town.at)
    assert refusal.value.what == ("projects.p02.cost",)


def test_extending_is_amended_with_its_public_reason_and_a_title_of_the_round_needs_none(town):
    boxes.cast(town, town.resident, ["p01"])
    dates = boxes.fresh(town.round.id).dates
    later = replace(dates, voting_until=dates.voting_until + timedelta(hours=5))
    named = boxes.change_round(town, town.round.id, town.at, titles=Texts(bg="Ново име"))
    assert named.titles == Texts(bg="Ново име")
    with reading() as session:
        assert len(voted_on.told(session, town.round.id)) == 1
    boxes.change_round(town, town.round.id, town.at, "Токът спря", dates=later)
    with reading() as session:
        amended = voted_on.told(session, town.round.id)[-1]
        assert voted_on.hold(session, town.round.id) is not None
    assert [change.path for change in notes.changes(amended)] == [("dates", "voting_until")]
    assert amended.facts["reason"] == "Токът спря"


def test_a_round_begun_before_there_were_notes_is_fixed_late_and_says_so(town):
    boxes.cast(town, town.resident, ["p01"])
    boxes.without_notes(town.round.id)
    boxes.cast(town, boxes.people(town, 1)[0], ["p01"])
    with reading() as session:
        (note,) = voted_on.told(session, town.round.id)
    assert note.facts["ballots"] == 1


def test_notes_are_put_back_into_a_database_from_before_them_and_another_is_refused(town):
    fixed(town)
    boxes.change("DELETE FROM voted_on")
    boxes.cast(town, town.resident, ["p01"])
    assert len(boxes.rows("SELECT 1 FROM voted_on")) == 1

    boxes.change("DELETE FROM voted_on")
    boxes.change("DELETE FROM slot")
    boxes.change("UPDATE round SET budget = budget + 1")
    with pytest.raises(VotedOnAltered):
        boxes.cast(town, town.resident, ["p02"])


def test_a_ballot_may_be_replaced_often_and_a_script_waits(town):
    from core.errors import TooManyReplacements
    from core.voting import _pace

    _pace.forget()
    for number in range(61):
        boxes.cast(town, town.resident, ["p01", "p02"][: 1 + number % 2], number)
    with pytest.raises(TooManyReplacements) as refusal:
        boxes.cast(town, town.resident, ["p03"], 61)
    assert 1 <= refusal.value.seconds <= 30
    # The last one counts, and somebody else is not kept waiting.
    with reading() as session:
        assert voting.my_ballot(session, town.resident, town.round.id).revision == 61
    boxes.cast(town, boxes.people(town, 1)[0], ["p01"])
    _pace.forget()
    assert boxes.cast(town, town.resident, ["p03"], 61).revision == 62
