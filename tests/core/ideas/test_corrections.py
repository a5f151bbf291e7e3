"""Corrections after the first ballot: two people withdraw a project or mend a typing error; nothing else changes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from core import hidden, journal, moderation, results, rounds, tally, voting
from core.audit import bundle
from core.audit.recount import recount
from core.counting import pabulib
from core.counting.rules import allocate
from core.errors import BallotInvalid, ConsentDiffers, Invalid, Locked, NotAllowed, RequestWaits, SamePerson, WrongPhase
from core.ideas import corrections, projects
from core.permissions import Action
from core.results import bundles as bundles_
from core.rounds import second_person
from core.store import reading, transaction
from core.tally import loading
from core.texts import Texts
from core.trust import voted_on
from db import tables
from tests.helpers import boxes
from tests.helpers.bundles import README

WHY = "The ground belongs to the state."


@pytest.fixture
def voters(town):
    """Ballots: p01 has 3 of 5, and once stands alone."""
    found = boxes.people(town, 5)
    for voter, choices in zip(found, (["p01"], ["p01", "p02"], ["p01", "p03"], ["p02"], ["p03"]), strict=True):
        boxes.cast(town, voter, choices)
    return found


def withdraw(town, code="p01", at=None, reason=WHY):
    boxes.withdraw_project(town, town.round.id, code, at or town.at, reason)


def correct(town, code="p02", at=None, **words):
    at, round_id = at or town.at, town.round.id
    one = listed(town)[code]
    words = {"title": one.title, "text": one.text} | words
    with transaction() as session:
        asked = corrections.ask_words(session, town.organiser, round_id, code, at=at, reason="A typing error.", **words)
    with transaction() as session:
        corrections.agree_words(session, town.second_organiser, round_id, code, at=at, consent=asked.consent)


def listed(town):
    with reading() as session:
        return {one.code: one for one in projects.projects(session, town.guest, town.round.id)}


def test_a_withdrawn_project_keeps_code_cost_and_votes_and_is_told(town, voters):
    before = listed(town)["p01"]
    withdraw(town)

    assert listed(town)["p01"] == replace(before, withdrawn=WHY)
    assert boxes.rows("SELECT code FROM project WHERE withdrawn_at IS NOT NULL") == [("p01",)]
    with reading() as session:
        (change,) = rounds.changes(session, town.guest, town.round.id)
        assert (change.action, change.reason) == (Action.withdraw_project, WHY)
        assert [(line.of, line.field, line.old, line.new) for line in change.lines] == [
            ("p01", "withdrawn", False, True)
        ]
        notes = voted_on.told(session, town.round.id)
        assert notes[-1].facts["reason"] == WHY
        assert notes[-1].facts["changes"] == [{"what": ["projects", "p01", "withdrawn"], "old": False, "new": True}]
        actions = [line.action for line in journal.entries(session, town.auditor, town.round.id)]
        wanted = ["ask_withdraw_project", "agree_withdraw_project", "withdraw_project"]
        assert [each for each in actions if "withdraw_project" in each] == wanted
        supports = dict(tally.live(session, boxes.fresh(town.round.id), town.at).supports)
        assert supports == {"p01": 3, "p02": 2, "p03": 2, "p04": 0, "p05": 0}


def test_nobody_can_choose_it_any_more_and_who_had_still_counts(town, voters):
    withdraw(town)

    with pytest.raises(BallotInvalid) as refused:
        boxes.cast(town, voters[0], ["p01", "p02"], 1)
    assert (refused.value.problem, refused.value.codes) == ("withdrawn", ("p01",))
    with reading() as session:
        assert voting.my_ballot(session, voters[0], town.round.id).choices == ("p01",)
    boxes.cast(town, voters[0], ["p02"], 1)
    # The same request again has its receipt, whatever happened since.
    boxes.cast(town, voters[1], ["p01", "p02"], 0)


def test_one_alone_cannot(town, voters):
    me, here, at = town.organiser, town.round.id, town.at
    with transaction() as session:
        asked = corrections.ask_withdrawal(session, me, here, "p01", at=at, reason=WHY)
    with pytest.raises(SamePerson), transaction() as session:
        corrections.agree_withdrawal(session, me, here, "p01", at=at, consent=asked.consent)
    for wrong in ("", "0" * 64):
        with pytest.raises(ConsentDiffers), transaction() as session:
            corrections.agree_withdrawal(session, town.second_organiser, here, "p01", at=at, consent=wrong)
    with pytest.raises(ConsentDiffers), transaction() as session:
        corrections.agree_withdrawal(session, town.second_organiser, here, "p02", at=at, consent=asked.consent)
    with pytest.raises(RequestWaits), transaction() as session:
        corrections.ask_withdrawal(session, town.second_organiser, here, "p01", at=at, reason=WHY)
    assert not any(one.withdrawn for one in listed(town).values())


def test_it_takes_a_public_reason(town, voters):
    for reason in ("", " \n", "\u3164"):
        with pytest.raises(Invalid) as refused, transaction() as session:
            corrections.ask_withdrawal(session, town.organiser, town.round.id, "p01", at=town.at, reason=reason)
        assert (refused.value.field, refused.value.problem) == ("reason", "required")


def test_not_before_the_first_ballot_nor_twice_nor_for_others(town, request):
    def ask(actor=town.organiser, code="p01"):
        with transaction() as session:
            return corrections.ask_withdrawal(session, actor, town.round.id, code, at=town.at, reason=WHY)

    with pytest.raises(Invalid) as refused:
        ask()
    assert refused.value.problem == "early"
    request.getfixturevalue("voters")
    for actor in (town.council, town.auditor, town.reviewer, town.resident):
        with pytest.raises(NotAllowed):
            ask(actor)
    withdraw(town)
    with pytest.raises(Invalid) as refused:
        ask()
    assert refused.value.problem == "withdrawn"


def test_so_many_stay_that_a_ballot_can_be_filled(town):
    round_ = boxes.round_in_voting(town, ballot=replace(town.round.ballot, min_choices=4, max_choices=5))
    boxes.cast(town, town.resident, ["p01", "p02", "p03", "p04"], round_=round_)
    there = replace(town, round=round_)
    withdraw(there, "p01")

    with pytest.raises(Invalid) as refused:
        withdraw(there, "p02")
    assert refused.value.problem == "few"
    # Once nobody votes any more, it keeps nobody from voting.
    withdraw(there, "p02", at=boxes.end_voting(round_.id))


def test_until_the_count_and_never_after(town, voters):
    round_id = town.round.id
    after = boxes.end_voting(round_id)
    boxes.until_count(town, round_id, after)
    with transaction() as session:
        results.count_round(session, town.organiser, round_id, at=after)
    # Illegal, as turns out while it is counted: and the request to count, which was about another list, has ended.
    withdraw(town, at=after)
    with reading() as session:
        assert second_person.waits(session, town.second_organiser, round_id, Action.count) is None
    boxes.count(town, round_id, after)
    with pytest.raises(Locked):
        withdraw(town, "p02", at=after)
    boxes.publish(town, round_id, after)
    with pytest.raises(WrongPhase):
        withdraw(town, "p02", at=after)
    with pytest.raises(WrongPhase):
        correct(town, at=after, title=Texts(en="Other"))


@pytest.mark.parametrize(
    ("kind", "rule"),
    [("approval", "equal-shares"), ("approval", "greedy"), ("knapsack", "equal-shares"), ("knapsack", "greedy"),
     ("ranking", "greedy-borda"), ("approval", "phragmen")],
)  # fmt: skip
def test_bundle_and_election_file_of_a_real_round_give_the_same_winners(town, kind, rule):
    round_ = boxes.round_in_voting(town, "real", rule=rule, ballot=replace(town.round.ballot, type=kind))
    there = replace(town, round=round_)
    ballots = (["p01"], ["p02", "p01", "p03"], ["p01", "p03"], ["p02"], ["p03", "p02", "p01"], ["p01", "p02"])
    for voter, choices in zip(boxes.people(town, 6), ballots, strict=True):
        boxes.cast(town, voter, choices, round_=round_)
    withdraw(there)
    after = boxes.end_voting(round_.id)
    boxes.until_count(there, round_.id, after)
    counted = boxes.count(there, round_.id, after)
    boxes.publish(there, round_.id, after)

    with reading() as session:
        files = bundles_.public_bundle(session, town.guest, round_.slug, README)
        own = bundles_.auditors_bundle(session, town.auditor, round_.slug, README, at=after)
    winners = [one.id for one in counted.allocation.funded]
    assert winners and "p01" not in winners
    assert {one.project: (one.reason, one.votes_had) for one in counted.allocation.unfunded}["p01"] == ("withdrawn", 5)
    for found in (files, own):
        checks = {check.name: check for check in recount(bundle.to_zip(found))}
        assert [name for name, check in checks.items() if check.failed] == []
        assert checks["withdrawn"].facts["funded"] == tuple(winners)
        assert checks["withdrawn"].facts["projects"] == (("p01", 5, WHY),)
        assert (("projects.p01.withdrawn",), WHY) in checks["voted_on"].facts["amendments"]
    file = pabulib.read(files[bundle.ELECTION])
    name, settings = file.declared
    assert [one.id for one in allocate(name, file.instance, file.profile, **settings).funded] == winners
    assert file.profile.ballots == 6 and "min_length" not in file.meta
    assert b"p01" not in files[bundle.ELECTION] and counted.checksum == checks["count"].facts["checksum"]


def test_the_live_points_of_a_ranking_are_those_of_the_count(town):
    round_ = boxes.round_in_voting(
        town, "ranked", rule="greedy-borda", ballot=replace(town.round.ballot, type="ranking")
    )
    boxes.cast(town, town.resident, ["p02", "p01", "p03"], round_=round_)
    with reading() as session:
        assert dict(tally.live(session, round_, town.at).supports)["p02"] == 3
    withdraw(replace(town, round=round_))

    with reading() as session:
        supports = dict(tally.live(session, boxes.fresh(round_.id), town.at).supports)
        instance, profile = loading.load_election(session, boxes.fresh(round_.id))
    assert (supports["p02"], supports["p03"], supports["p01"]) == (2, 1, 2)
    assert [one.id for one in instance.projects if one.withdrawn] == ["p01"] and profile.ballots == 0


def test_a_typing_error_is_mended_and_the_old_wording_stays_public(town, voters):
    before = listed(town)["p02"]
    correct(town, title=before.title | {"en": "Project two"}, text=Texts(en="A bench."))

    after = listed(town)["p02"]
    assert (after.title, after.text) == (Texts(bg="Проект p02", en="Project two"), Texts(en="A bench."))
    assert replace(after, title=before.title, text=before.text) == before
    with reading() as session:
        (title, text) = corrections.corrections(session, town.guest, town.round.id)["p02"]
        assert (title.field, title.before, title.reason) == ("title", before.title, "A typing error.")
        assert (text.field, text.before) == ("text", Texts())
        assert voted_on.hold(session, town.round.id) is not None
        told = voted_on.told(session, town.round.id)[-1].facts
        assert [each["what"] for each in told["changes"]] == [["projects", "p02", "text"], ["projects", "p02", "title"]]
    # Nothing is counted otherwise, and the bundle has the new words.
    after_ = boxes.end_voting(town.round.id)
    boxes.until_count(town, town.round.id, after_)
    boxes.count(town, town.round.id, after_)
    boxes.publish(town, town.round.id, after_)
    with reading() as session:
        files = bundles_.public_bundle(session, town.guest, town.round.slug, README)
    assert [check.name for check in recount(bundle.to_zip(files)) if check.failed] == []
    assert json.loads(files[bundle.WORDS])["projects"]["p02"]["title"]["en"] == "Project two"


def test_a_title_cannot_be_emptied_and_nothing_is_no_correction(town, voters):
    one = listed(town)["p02"]
    for field, words in (("title", {"title": Texts(en=" ")}), ("change", {})):
        with pytest.raises(Invalid) as refused:
            correct(town, **words)
        assert refused.value.field == field
    assert listed(town)["p02"] == one


def test_hidden_words_stay_hidden_in_both_wordings(town, voters):
    secret = Texts(en="Insulting words stand here")
    correct(town, title=secret)
    with transaction() as session:
        moderation.hide_project(
            session, town.organiser, town.round.id, "p02", "title", reason="This insults somebody.", at=town.at
        )
    with reading() as session:
        (was,) = corrections.corrections(session, town.guest, town.round.id)["p02"]
        (change,) = rounds.changes(session, town.guest, town.round.id)
        assert was.before.hidden is not None and "Проект" not in repr(was)
        assert "Insulting" not in repr(change) and hidden.GONE in change.lines[0].new
    with pytest.raises(Invalid) as refused:
        correct(town, title=Texts(en="Other"))
    assert refused.value.problem == "hidden"
    # The text can be mended, and the hidden title stays in its row.
    correct(town, text=Texts(en="A bench."))
    assert boxes.rows("SELECT title FROM project WHERE code = 'p02'")[0][0] in (
        json.dumps(secret.words), secret.words,
    )  # fmt: skip


def test_hiding_ends_the_request_to_correct_these_words(town, voters):
    one = listed(town)["p02"]
    with transaction() as session:
        asked = corrections.ask_words(
            session, town.organiser, town.round.id, "p02", at=town.at, reason="A typing error.",
            title=Texts(en="Insulting words"), text=one.text,
        )  # fmt: skip
    with transaction() as session:
        moderation.hide_project(
            session, town.organiser, town.round.id, "p02", "title", reason="This insults somebody.", at=town.at
        )
    with pytest.raises(ConsentDiffers), transaction() as session:
        corrections.agree_words(
            session, town.second_organiser, town.round.id, "p02", at=town.at, consent=asked.consent
        )  # fmt: skip


def test_costs_rules_and_limits_never_change(town, voters):
    one = listed(town)["p02"]
    with pytest.raises(Locked), transaction() as session:
        projects.ask_change(
            session, town.organiser, town.round.id, at=town.at, reason=WHY, edited=[projects.changed(one, cost=1_00)]
        )
    with pytest.raises(Locked):
        boxes.change_round(town, town.round.id, town.at, budget=1_00)


def test_what_is_withdrawn_with_sql_alone_is_refused_before_the_count(town, voters):
    after = boxes.end_voting(town.round.id)
    boxes.until_count(town, town.round.id, after)
    with transaction() as session:
        row = session.get_one(tables.Project, boxes.rows("SELECT id FROM project WHERE code = 'p01'")[0][0])
        row.withdrawn_at, row.withdrawn_reason = after, WHY

    with pytest.raises(voted_on.VotedOnAltered):
        boxes.count(town, town.round.id, after + timedelta(seconds=1))


def test_words_too_long_for_a_ballot_are_refused_by_name(town, voters):
    project = listed(town)["p02"]
    for words, field, most in (({"title": "x" * 91}, "title", 90), ({"text": "x" * 1501}, "text", 1500)):
        new = {name: Texts({"bg": text}) for name, text in words.items()}
        with pytest.raises(Invalid) as refused, transaction() as session:
            corrections.ask_words(
                session, town.organiser, town.round.id, "p02", at=town.at, reason=WHY,
                **({"title": project.title, "text": project.text} | new),
            )  # fmt: skip
        assert (refused.value.field, refused.value.problem, refused.value.facts["limit"]) == (field, "too_long", most)
