"""Whether an official result comes out of its file, and when nobody can tell."""

from dataclasses import replace

import pytest

from core.counting import pabulib
from core.counting.pabulib.verdict import verdict
from core.counting.rules import allocate

FILE = """META
key;value
description;d
country;Poland
unit;u
instance;2026
num_projects;3
num_votes;4
budget;1000
vote_type;approval
rule;greedy
date_begin;01.03.2026
date_end;15.03.2026
PROJECTS
project_id;cost;votes;selected
1;600;3;1
2;400;2;1
3;300;2;0
VOTES
voter_id;vote
1;1,2
2;1,3
3;1
4;2,3
"""


def judged(*changes):
    text = FILE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = pabulib.read(text)
    rule, settings = file.declared
    found = verdict(file, allocate(rule, file.instance, file.profile, **settings))
    return found.match, found.why, dict(found.facts)


UNMARKED = ("1;600;3;1\n2;400;2;1", "1;600;3;0\n2;400;2;0")
OTHER = ("1;600;3;1\n2;400;2;1\n3;300;2;0", "1;600;3;1\n2;400;2;0\n3;300;2;1")
ASKING = ("budget;1000\n", "budget;1000\nbudget_per_category;Green:700,Social:300\nleftover_budget;one more\n")
BALLOTS = FILE.partition("VOTES\n")[2]
SCORING = [
    ("vote_type;approval", "vote_type;scoring"),
    (BALLOTS, "voter_id;vote;points\n1;1,2;1,1\n2;1,3;1,1\n3;1;1\n4;2,3;1,1\n"),
]
WORTH = ("budget;1000\n", "budget;1000\ndefault_score;2\n")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ([], (True, "", {})),
        ([OTHER], (False, "", {})),
        # A part of the ballots says nothing of the result, whatever it gives.
        ([("600;3", "600;103")], (None, "part", {"said": 107, "found": 7})),
        ([OTHER, ("600;3", "600;103")], (None, "part", {"said": 107, "found": 7})),
        ([("num_votes;4", "num_votes;5")], (None, "part", {"said": 5, "found": 4})),
        ([("num_votes;4", "num_votes;many"), OTHER], (False, "", {})),
        # More ballots than are spoken of are no missing ones.
        ([("num_votes;4", "num_votes;3")], (True, "", {})),
        # Nor is anything missing where a voter stands there twice, with one vote more for 1 and one less for 2.
        ([("600;3;1\n2;400;2;1", "600;2;1\n2;400;3;1")], (True, "", {})),
        ([UNMARKED], (None, "unmarked", {})),
        ([UNMARKED, ("budget;1000", "budget;100")], (True, "", {})),  # nothing is funded, and nothing is marked
        ([(";votes;selected", ";votes;marked")], (None, "silent", {})),
        ([ASKING], (None, "fields", {"fields": ("budget_per_category", "leftover_budget")})),
        ([ASKING, OTHER], (None, "fields", {"fields": ("budget_per_category", "leftover_budget")})),
        ([*SCORING, WORTH], (None, "fields", {"fields": ("default_score",)})),
        ([*SCORING, ("budget;1000\n", "budget;1000\ndefault_score;0\n")], (True, "", {})),
    ],
)  # fmt: skip
def test_a_verdict_is_given_where_the_file_holds_enough_for_one(changes, found):
    assert judged(*changes) == found


def test_few_missing_votes_are_enough_to_doubt_a_difference_but_not_a_result_that_comes_out():
    file = pabulib.read(FILE)
    counted = allocate("greedy", file.instance, file.profile, ties="lot")
    many = replace(file, votes={"1": 3, "2": 2, "3": 2}, profile=file.profile.weighted(file.profile.weights * 100))
    few = replace(many, votes={"1": 301, "2": 200, "3": 200}, meta={**file.meta, "num_votes": "400"})

    assert verdict(few, counted).match is True
    assert verdict(replace(few, selected={"1": 1, "2": 0, "3": 1}), counted).why == "part"


@pytest.mark.parametrize(("scores", "match", "why"), [((3, 2, 1), True, ""), ((30, 2, 9), None, "score")])
def test_published_points_that_no_ballot_bears_out_prove_nothing(scores, match, why):
    rows = [("project_id;cost;votes;selected", "project_id;cost;votes;selected;score")]
    first, second, third = scores
    by_score = first > second > third
    marks = (1, 1, 0) if by_score else (1, 0, 1)
    rows += [(OTHER[0], f"1;600;3;{marks[0]};{first}\n2;400;2;{marks[1]};{second}\n3;300;2;{marks[2]};{third}")]

    assert judged(*rows, *SCORING)[:2] == (match, why)
