"""The running tally equals a recount, whatever came and went."""

import random
from collections import Counter

from core.ballots.forms import to_text
from core.ballots.types import TYPES
from core.tally import Running


def tally(kind: str) -> Running:
    return Running(TYPES[kind].worth, dict.fromkeys("abcd", 0))


def test_random_casts_replacements_and_withdrawals_equal_a_recount():
    draw = random.Random(3)
    for kind in ("approval", "ranking"):
        running, live = tally(kind), {}
        for revision in range(1, 2_000):
            slot = f"slot {draw.randrange(60)}"
            text = to_text(draw.sample("abcd", draw.randint(1, 4))) if draw.random() < 0.8 else None
            live[slot] = text
            running.put(slot, revision, text)
            if draw.random() < 0.1:
                running.take(but=draw.randrange(5))
        running.take()

        recount = tally(kind)
        recount.add(text for text in live.values() if text)
        assert running.supports == recount.supports
        assert running.classes == recount.classes == Counter(text for text in live.values() if text)
        assert running.ballots == sum(running.classes.values())


def test_an_older_revision_that_arrives_late_changes_nothing():
    running = tally("approval")
    running.put("s", 2, '["a"]')
    running.put("s", 1, '["b"]')
    running.put("s", 2, '["c"]')
    running.take()
    running.put("s", 2, '["c"]')
    running.take()
    assert running.supports == {"a": 1, "b": 0, "c": 0, "d": 0}


def test_points_are_counted_as_they_stand():
    running = tally("points")
    running.add(['{"a":3,"b":1}', '{"a":2}'])
    assert running.supports == {"a": 5, "b": 1, "c": 0, "d": 0}


def test_changes_count_voters_not_clicks():
    running = tally("approval")
    for revision in range(1, 9):
        running.put("s", revision, f'["{"ab"[revision % 2]}"]')
    running.put("t", 1, '["a"]')
    assert len(running.waiting) == 2
    assert running.take(but=1) == 1
    assert (running.ballots, running.supports["a"]) == (1, 1)


def test_withdrawals_are_counted_once_however_often_they_are_put():
    running = tally("approval")
    for _look in range(3):
        running.put("s", 1, None)
        running.put("t", 2, None)
    assert running.withdrawals == 2


def test_who_returns_to_what_is_shown_of_her_has_changed_nothing():
    running = tally("approval")
    running.put("s", 1, '["a"]')
    running.take()
    running.put("s", 2, '["b"]')
    running.put("s", 3, '["a"]')
    running.put("t", 1, '["a"]')
    running.put("t", 2, None)
    assert not running.waiting


def test_a_ranking_gives_its_last_choice_one_point():
    running = tally("ranking")
    running.add(['["c","a"]'])
    assert running.supports == {"a": 1, "b": 0, "c": 2, "d": 0}
