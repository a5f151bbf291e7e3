"""Rounds: who sees which, how they are made and what may still change."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core import journal, rounds, store
from core.ballots.types import BallotRules
from core.errors import Invalid, Locked, NotAllowed, NotFound, NotSignedIn, WrongPhase
from core.permissions import Action, Role
from core.phases import Phase
from core.texts import Texts
from db import tables
from tests.helpers import boxes
from tests.helpers.worlds import Town, draft, round_in

DAY = timedelta(days=1)


def create(town: Town, name: str = "organiser", **changes):
    with store.transaction() as session:
        return rounds.create(session, town.people[name], draft(town.at, **changes), at=town.at)


def edit(town: Town, round_, **changes):
    with store.transaction() as session:
        return rounds.edit(session, town.organiser, round_.id, replace(round_.as_draft(), **changes), at=town.at)


def change(town: Town, reason: str = "Токът спря", **changes):
    """Have two organisers change the town's public round."""
    return boxes.change_round(town, town.round.id, town.at, reason, **changes)


def moved(round_, **dates):
    return replace(round_.dates, **dates)


def voted(town: Town) -> None:
    with store.transaction() as session:
        session.add(
            tables.Slot(id="0" * 32, round_id=town.round.id, lookup=b"x", revision=1, choices="[]", request_id="a")
        )


def test_a_new_round_is_what_the_organiser_drafted(town: Town):
    wanted = draft(town.at, rule_settings={}, eligible_estimate=6000, visibility="turnout")

    made = create(town, rule_settings={}, eligible_estimate=6000, visibility="turnout")

    assert made.as_draft() == wanted
    assert made.draft and made.phase(town.at) is Phase.preparation and not made.locked


def test_its_address_is_made_of_its_title(town: Town):
    titles = Texts(bg="Младежки бюджет на Кюстендил, България 2026")

    assert create(town, titles=titles).slug == "mladezhki-byudzhet-na-kyustendil-bulgaria-2026"
    assert create(town, titles=titles).slug == "mladezhki-byudzhet-na-kyustendil-bulgaria-2026-2"


def test_drafts_are_for_staff_only(town: Town):
    made = create(town)

    with store.reading() as session:
        for actor in (town.organiser, town.reviewer, town.council, town.auditor, town.operator):
            assert rounds.round_by_slug(session, made.slug, actor) == made
        for actor in (town.guest, town.resident):
            with pytest.raises(NotFound):
                rounds.round_by_slug(session, made.slug, actor)
            assert [each.id for each in rounds.rounds(session, actor)] == [town.round.id]


def test_another_towns_rounds_are_out_of_sight(town: Town):
    with store.reading() as session, pytest.raises(NotFound):
        rounds.get(session, replace(town.organiser, municipality_id=99), town.round.id)


def test_an_imported_election_is_seen_by_all_and_counted_but_never_edited(town: Town):
    with store.transaction() as session:
        session.get_one(tables.Round, town.round.id).imported = True
    stranger = replace(town.organiser, municipality_id=99)
    with store.reading() as session:
        imported = rounds.get(session, stranger, town.round.id)
        assert imported.locked
        assert rounds.rounds(session, stranger, imported=True) == (imported,)
        assert rounds.rounds(session, stranger) == ()
        closed = imported.dates.voting_until
        rounds.require(stranger, Action.count, imported, closed)
        with pytest.raises(NotAllowed):
            rounds.require(stranger, Action.edit_round, imported, closed)


def test_the_current_round_is_the_one_where_something_is_to_be_done(town: Town):
    with store.transaction() as session:
        for phase in (Phase.results, Phase.preparation, Phase.ideas):
            round_in(session, town.municipality.id, phase, town.at, slug=phase, projects=False)
        assert rounds.current(session, town.guest, town.at).phase(town.at) is Phase.voting
        session.get_one(tables.Round, town.round.id).voided_at = town.at
        session.flush()
        assert rounds.current(session, town.guest, town.at).phase(town.at) is Phase.ideas


def test_a_first_ballot_locks_what_it_was_cast_under(town: Town):
    before = town.round
    voted(town)

    for changes in (
        {"rule": "greedy-no-skip"}, {"budget": 1}, {"ballot": BallotRules("knapsack")}, {"max_cost": 5},
        {"age_max": 99}, {"visibility": "sealed"}, {"code_required": True}, {"tally_step": 99}, {"currency": "BGN"},
        {"min_cost": 1},
    ):  # fmt: skip
        with pytest.raises(Locked) as refusal:
            change(town, **changes)
        assert refusal.value.what == next(iter(changes))

    assert edit(town, before, intro=Texts(bg="Ново", en="New")).intro == Texts(bg="Ново", en="New")


def test_before_the_first_ballot_a_published_round_can_be_corrected(town: Town):
    changed = change(town, budget=8_000_00)

    assert (changed.budget, changed.version) == (8_000_00, town.round.version + 1)


def test_published_dates_are_extended_with_a_public_reason(town: Town):
    later = moved(town.round, voting_until=town.round.dates.voting_until + DAY)

    with pytest.raises(Invalid) as refusal:
        change(town, " ", dates=later)
    assert (refusal.value.field, refusal.value.problem) == ("reason", "required")

    extended = change(town, dates=later)
    assert extended.dates == later
    assert (extended.extended_reason, extended.extended_at) == ("Токът спря", town.at)
    with store.reading() as session:
        assert journal.entries(session, town.auditor, town.round.id)[-1].facts["reason"] == "Токът спря"


def test_published_dates_never_move_forward(town: Town):
    with pytest.raises(Invalid) as refusal:
        change(town, dates=moved(town.round, voting_until=town.round.dates.voting_until - DAY))

    assert (refusal.value.field, refusal.value.problem) == ("voting_until", "only_later")


def test_a_date_that_has_passed_is_fixed(town: Town):
    with pytest.raises(Locked) as refusal:
        change(town, dates=moved(town.round, voting_from=town.round.dates.voting_from + 3 * DAY))

    assert refusal.value.what == "voting_from"


def test_a_drafts_dates_move_freely(town: Town):
    made = create(town)
    sooner = moved(made, ideas_from=made.dates.ideas_from - DAY)

    assert edit(town, made, dates=sooner).dates == sooner


def test_after_the_result_nothing_is_edited(town: Town):
    with store.transaction() as session:
        done = round_in(session, town.municipality.id, Phase.results, town.at, slug="done")

    with pytest.raises(WrongPhase):
        edit(town, done, intro=Texts(bg="x"))


def test_nothing_changed_is_no_change(town: Town):
    assert edit(town, town.round) == town.round


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.organiser])
def test_only_organisers_make_and_edit_rounds(town: Town, role: Role):
    with store.transaction() as session:
        with pytest.raises((NotAllowed, NotSignedIn)):
            rounds.create(session, town.of(role), draft(town.at), at=town.at)
        with pytest.raises((NotAllowed, NotSignedIn)):
            rounds.edit(session, town.of(role), town.round.id, draft(town.at), at=town.at)


def test_what_is_locked_can_be_asked_for_before_it_is_refused(town: Town):
    def locked(round_) -> frozenset[str]:
        return rounds.locked_fields(town.organiser, round_, town.at)

    made = create(town)
    assert locked(made) == frozenset()
    # Published: who can open the ballots is fixed, and so are the dates that have passed.
    assert locked(town.round) == {"visibility", "ideas_from", "ideas_until", "voting_from"}
    voted(town)
    with store.reading() as session:
        after = rounds.get(session, town.organiser, town.round.id)
    free = {"titles", "intro", "contact_email", "eligible_estimate", "eligible_source", "dates"}
    assert free & locked(after) == set()
    assert {"budget", "ballot", "rule", "rule_settings", "age_on", "code_required", "tally_step"} <= locked(after)
    assert {"voting_until", "results_on"} & locked(after) == set()


def test_nothing_of_a_void_round_can_be_changed_and_nothing_by_who_may_not(town: Town):
    everything = {"titles", "dates", "voting_until", "visibility"}
    assert everything <= rounds.locked_fields(town.auditor, town.round, town.at)
    assert everything <= rounds.locked_fields(town.organiser, replace(town.round, voided_at=town.at), town.at)
    assert not rounds.editable(town.organiser, replace(town.round, imported=True), town.at)


def ranked(most: int | None, **changes):
    return {"rule": "greedy-borda", "ballot": BallotRules("ranking", 1, most), **changes}


def test_in_a_new_ranking_a_place_brings_the_same_points_on_every_ballot(town: Town):
    made = create(town, **ranked(5))
    assert made.rule_settings == {"places": 5}
    assert edit(town, made, ballot=BallotRules("ranking", 1, 3)).rule_settings == {"places": 3}
    assert edit(town, made, ballot=BallotRules("ranking", 1, None)).rule_settings == {"places": "projects"}
    assert edit(town, made, rule="equal-shares", ballot=BallotRules("approval", 1, 3)).rule_settings == {}


def test_a_published_ranking_counts_on_as_it_was_published(town: Town):
    with store.transaction() as session:
        former = round_in(session, town.municipality.id, Phase.ideas, town.at, slug="former", **ranked(5))
        lines = rounds.ask_change(
            session, town.organiser, former.id, replace(former.as_draft(), ballot=BallotRules("ranking", 1, 4)),
            at=town.at, reason="Проектите са по-малко",
        ).lines  # fmt: skip

    assert former.rule_settings == {} and [line.field for line in lines] == ["max_choices"]


def test_places_follow_the_length_of_a_ballot_that_two_people_change(town: Town):
    with store.transaction() as session:
        newer = round_in(
            session, town.municipality.id, Phase.ideas, town.at, slug="newer", **ranked(5, rule_settings={"places": 5})
        )
        lines = rounds.ask_change(
            session, town.organiser, newer.id, replace(newer.as_draft(), ballot=BallotRules("ranking", 1, 4)),
            at=town.at, reason="Проектите са по-малко",
        ).lines  # fmt: skip

    assert [(line.field, line.new) for line in lines] == [("max_choices", 4), ("rule_settings", {"places": 4})]
