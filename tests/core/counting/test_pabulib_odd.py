"""Odd election files: what can be read safely is read and told, what cannot is refused by what it is."""

from __future__ import annotations

import time

import pytest

from core.counting import pabulib
from core.counting.rules import allocate
from core.errors import FileWrong
from tests.helpers.odd_files import ODDITIES, PLAIN, READ, REFUSED, Odd, Refused, changed, needs_oddities

# Of each file that was composed elsewhere: what is told of it, or why it is refused and in which line.
HANDED = {
    "b03_longer_than_max_length": [("over_max_length", 3, 23)],
    "b05_points_over_max_sum": [("votes_differ", 2, 18), ("over_max_sum_points", 1, 24)],
    "b09_voter_twice": [("num_votes_differs", 1, 8), ("votes_differ", 1, 19), ("voter_twice", 3, 26)],
    "b10_voter_id_last": [("columns_not_kept", 1, None)],
    "b15_scoring_default_score": [
        ("meta_ignored", 1, 15), ("num_votes_differs", 1, 8), ("votes_differ", 3, 18),
    ],
    "h01_online_part_only": [("votes_differ", 3, 17)],
    "h02_score_disagrees": [("score_not_counted", 3, 17)],
    "h05_rule_mes_word": [("rule_unknown", 1, 11)],
    "h07_threshold_percent": [],
    "h08_all_selected_zero": [],
    "h12_coordinates_in_metres": [("coordinate", 2, 17)],
    "h16_score_is_no_score": [("score_not_counted", 3, 19)],
    "m01_thousands_point": [("three_digits", 3, 9)],
    "n03_description_with_line_votes": [],
    "n05_cyrillic_A_in_vote": ("lookalike", 22),
    "s01_cr_only": [("cr_lines", 1, None)],
    "s02_utf16_bom": ("utf16", None),
    "s08_zip": ("zip", None),
    "s09_html_page_saved": ("web_page", None),
    "s14_zero_width_id": [("invisible", 1, 18)],
    "x06_amsterdam_per_category": [("meta_ignored", 3, 15), ("num_votes_differs", 1, 8)],
}  # fmt: skip


@needs_oddities
@pytest.mark.parametrize(("name", "right"), HANDED.items(), ids=HANDED.keys())
def test_files_that_were_composed_elsewhere(name: str, right):
    try:
        file = pabulib.read(ODDITIES / f"{name}.pb")
    except FileWrong as wrong:
        assert (wrong.reason, wrong.line) == right
    else:
        assert [(note.kind, note.count, note.line) for note in file.notes] == right


@pytest.mark.parametrize("odd", READ, ids=lambda odd: odd.name)
def test_what_can_be_read_is_read_and_told(odd: Odd):
    file = pabulib.read(odd.data)
    rule, settings = file.declared

    told = [(note.kind, note.count, note.line) for note in file.notes]
    assert told == list(odd.notes)
    allocation = allocate(rule or "", file.instance, file.profile, **settings)
    assert {project.id for project in allocation.funded} == set(odd.funded)
    assert file.profile.ballots >= 4


@pytest.mark.parametrize("odd", REFUSED, ids=lambda odd: odd.name)
def test_what_cannot_be_read_is_refused_by_what_it_is(odd: Refused):
    with pytest.raises(FileWrong) as caught:
        _ = pabulib.read(odd.data).declared

    assert (caught.value.reason, caught.value.line) == (odd.reason, odd.line)


def test_a_share_of_the_ballots_is_a_threshold():
    meta = changed("PROJECTS\n", "min_project_score_threshold;50%\nPROJECTS\n")

    assert pabulib.read(meta).declared == ("greedy", {"threshold": "50%", "ties": ["lot"]})


def test_both_ways_of_reading_tell_voters_apart_alike(monkeypatch):
    # The first ballots are plain, the next have quotes; an id is the same in both, however long the others are.
    votes = "7;p1\nvoter-with-a-long-name;p1\n" + '7;"p1,p2"\n' + "8;p1\n" + '"7";p3\n'
    text = PLAIN[: PLAIN.index("1;p1,p2")] + votes

    for chunk in (1, 10, 60, 1_000):
        monkeypatch.setattr(pabulib, "CHUNK", chunk)
        (told,) = [note for note in pabulib.read(text).notes if note.kind == "voter_twice"]
        assert (told.count, told.line) == (2, 22)


def test_a_voter_whose_name_is_empty_is_nobody_twice():
    kinds = [note.kind for note in pabulib.read(PLAIN.replace("\n2;", "\n;").replace("\n3;", "\n;")).notes]

    assert kinds == ["voter_missing"]


def test_a_thousand_oddities_of_a_kind_are_one_note():
    votes = "".join(f"{number};p1 ,p2\n" for number in range(5_000))
    file = pabulib.read(PLAIN[: PLAIN.index("1;p1,p2")].replace("num_votes;4", "num_votes;5000") + votes)

    (told,) = [note for note in file.notes if note.kind == "cleaned"]
    assert (told.count, told.line) == (5000, 20)


LONG = {
    "sections behind the votes": 'VOTES\nvoter_id;vote\n1;"x\n' + "META\n" * 300_000,
    "a quotation mark that is never closed": PLAIN + '5;"p1\n' + "6;p1\n" * 300_000,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_a_file_that_is_made_to_take_long_does_not(monkeypatch, text: str):
    monkeypatch.setattr(pabulib, "CHUNK", 1_000)

    began = time.process_time()
    with pytest.raises(FileWrong):
        pabulib.read(text)
    assert time.process_time() - began < 5
