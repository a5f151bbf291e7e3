"""Ideas from a draft to the ballot: who sees them, who judges them, what an author is told."""

from dataclasses import replace

import pytest

from core import ideas, journal
from core.errors import IdeasFull, Invalid, Locked, NotAllowed, NotFound, NotSignedIn, SamePerson, WrongPhase
from core.ideas import IdeaStatus, projects, reviews
from core.phases import Phase
from core.store import transaction
from core.texts import Texts
from db import tables
from tests.helpers import boxes, worlds

REASON = "Мястото е общинско и може да се ползва."


@pytest.fixture
def collecting(town):
    """Give the town with a round that collects ideas."""
    with transaction() as session:
        round_ = worlds.round_in(
            session, town.municipality.id, Phase.ideas, town.at, slug="collecting", projects=False,
            min_cost=100_00, max_cost=5_000_00,
        )  # fmt: skip
    return replace(town, round=round_)


def fields(town, **changes):
    return {
        "title": "Скейт площадка", "problem": "Няма къде да се кара безопасно.", "solution": "Малка бетонна площадка.",
        "place": "до гарата", "area_id": town.municipality.areas[1].id, "cost": 2_000_00,
        "category_id": town.municipality.categories[0].id, **changes,
    }  # fmt: skip


def submit(session, town, author=None, **changes):
    actor = author or town.resident
    ideas.save_draft(session, actor, town.round.id, at=town.at, **fields(town, **changes))
    return ideas.submit(session, actor, town.round.id, town.at)


def decide(session, town, idea, verdict="accepted", cost=2_500_00, reason=REASON, reviewer=None):
    return reviews.decide(session, reviewer or town.reviewer, idea.id, verdict, cost=cost, reason=reason, at=town.at)


def listed(session, town, actor, **filters):
    return [each.title.exactly("bg") for each in ideas.ideas(session, actor, town.round.id, **filters)]


def test_a_draft_is_kept_as_it_is_and_seen_by_its_author_only(collecting):
    with transaction() as session:
        ideas.save_draft(session, collecting.resident, collecting.round.id, at=collecting.at, title="С")
    with transaction() as session:
        kept = ideas.draft(session, collecting.resident, collecting.round.id)
        assert (kept.title, kept.status, kept.mine) == (Texts(bg="С"), IdeaStatus.draft, True)
        assert ideas.draft(session, collecting.neighbour, collecting.round.id) is None
        for other in (collecting.neighbour, collecting.reviewer, collecting.organiser, collecting.guest):
            with pytest.raises(NotFound):
                ideas.idea(session, other, kept.id)
        assert listed(session, collecting, collecting.resident) == []
        assert [each.id for each in ideas.mine(session, collecting.resident)] == [kept.id]
        assert ideas.mine(session, collecting.guest) == ()


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"title": ""}, "title", "required"), ({"title": "Ски"}, "title", "too_short"),
        ({"problem": "Няма."}, "problem", "too_short"), ({"solution": " "}, "solution", "required"),
        ({"category_id": None}, "category_id", "required"), ({"area_id": None}, "area_id", "required"),
        ({"cost": 99_99}, "cost", "range"), ({"cost": 5_000_01}, "cost", "range"),
        ({"title": "С" * 81}, "title", "too_long"), ({"area_id": 999}, "area_id", "choice"),
    ],
)  # fmt: skip
def test_an_idea_that_is_not_ready_says_what_is_missing(collecting, changes, field, problem):
    with transaction() as session, pytest.raises(Invalid) as refusal:
        submit(session, collecting, **changes)
    assert (refusal.value.field, refusal.value.problem) == (field, problem)


def test_all_that_is_missing_is_told_at_once(collecting):
    written = fields(collecting, title="", problem="къс", solution="x" * 1_001, area_id=None, cost=5_000_01)
    found = ideas.faults(written, collecting.round, collecting.municipality)
    assert [(each.field, each.problem) for each in found] == [
        ("title", "required"), ("problem", "too_short"), ("solution", "too_long"), ("area_id", "required"),
        ("cost", "range"),
    ]  # fmt: skip
    assert found[-1].facts == {
        "field": "cost",
        "problem": "range",
        "least": 100_00,
        "most": 5_000_00,
        "currency": "EUR",
    }
    assert ideas.faults(fields(collecting, cost=None), collecting.round, collecting.municipality) == ()


def test_a_waiting_idea_is_seen_by_its_author_and_by_staff(collecting):
    with transaction() as session:
        idea = submit(session, collecting)
        for actor in (collecting.resident, collecting.reviewer, collecting.organiser, collecting.auditor):
            assert ideas.idea(session, actor, idea.id).status is IdeaStatus.waiting
        for actor in (collecting.neighbour, collecting.guest, collecting.council):
            with pytest.raises(NotFound):
                ideas.idea(session, actor, idea.id)
        assert listed(session, collecting, collecting.reviewer) == ["Скейт площадка"]
        assert listed(session, collecting, collecting.guest) == []


def test_an_accepted_idea_is_public_with_its_final_cost_and_reason(collecting):
    with transaction() as session:
        decide(session, collecting, submit(session, collecting))
        (seen,) = ideas.ideas(session, collecting.guest, collecting.round.id)
    assert (seen.status, seen.cost, seen.author, seen.mine) == (IdeaStatus.accepted, 2_500_00, "resident", False)
    assert (seen.review.reason.exactly("bg"), seen.review.reviewer_role) == (REASON, "reviewer")


def test_a_returned_idea_is_revised_and_waits_again(collecting):
    with transaction() as session:
        idea = submit(session, collecting)
        decide(session, collecting, idea, "returned", None, "Къде точно ще бъде площадката?")
        assert reviews.waiting_for(session, collecting.reviewer) == ()
        again = ideas.revise(session, collecting.resident, idea.id, at=collecting.at, place="зад читалището")
        assert (again.status, again.place) == (IdeaStatus.waiting, "зад читалището")
        with pytest.raises(NotAllowed):
            ideas.revise(session, collecting.neighbour, idea.id, at=collecting.at, place="при мен")
        assert [each.id for each in reviews.waiting_for(session, collecting.reviewer)] == [idea.id]


def test_nobody_judges_her_own_idea(collecting):
    with transaction() as session:
        idea = submit(session, collecting, author=collecting.reviewer)
        assert reviews.waiting_for(session, collecting.reviewer) == ()
        assert len(reviews.waiting_for(session, collecting.organiser)) == 1
        with pytest.raises(SamePerson):
            decide(session, collecting, idea)


@pytest.mark.parametrize(
    ("verdict", "cost", "reason", "field"),
    [("accepted", None, REASON, "cost"), ("accepted", 1, REASON, "cost"), ("rejected", None, "", "reason"),
     ("rejected", None, "Не.", "reason"), ("maybe", None, REASON, "verdict")],
)  # fmt: skip
def test_a_verdict_needs_what_its_author_can_use(collecting, verdict, cost, reason, field):
    with transaction() as session:
        idea = submit(session, collecting)
        with pytest.raises(Invalid) as refusal:
            decide(session, collecting, idea, verdict, cost, reason)
    assert refusal.value.field == field


def test_guests_and_others_are_refused(collecting, town):
    with transaction() as session:
        idea = submit(session, collecting)
        with pytest.raises(NotSignedIn):
            submit(session, collecting, author=collecting.guest)
        for actor in (collecting.resident, collecting.guest, collecting.council):
            with pytest.raises((NotAllowed, NotSignedIn)):
                decide(session, collecting, idea, reviewer=actor)
            with pytest.raises((NotAllowed, NotSignedIn, NotFound)):
                projects.put_on_ballot(session, actor, idea.id, collecting.at)


def test_ideas_come_in_their_phase_only(town):
    with transaction() as session, pytest.raises(WrongPhase):
        ideas.save_draft(session, town.resident, town.round.id, at=town.at, title="Късна идея")


def test_ideas_are_found_by_words_and_filters(collecting):
    town = collecting
    with transaction() as session:
        for author, title, cost in (("resident", "Скейт площадка", 3_000_00), ("neighbour", "Лятно кино", 900_00)):
            place = town.municipality.areas[author == "neighbour"].id
            idea = submit(session, town, author=town.people[author], title=title, cost=cost, area_id=place)
            decide(session, town, idea, cost=cost)
        assert listed(session, town, town.guest, query="КИНО лятно") == ["Лятно кино"]
        for words in ("skeit ploshtadki", "скейтът", "skeyt площадка Център", "центъра", "centre"):
            assert listed(session, town, town.guest, query=words) == ["Скейт площадка"], words
        assert listed(session, town, town.guest, query="station") == ["Лятно кино"]
        assert listed(session, town, town.guest, query="няма такова") == []
        assert listed(session, town, town.guest, max_cost=1_000_00) == ["Лятно кино"]
        assert listed(session, town, town.guest, area=town.municipality.areas[0].id) == ["Скейт площадка"]
        assert listed(session, town, town.guest, order="cost") == ["Лятно кино", "Скейт площадка"]
        assert listed(session, town, town.guest, status="rejected") == []
        shuffled = listed(session, town, town.resident, order="shuffled")
        assert shuffled == listed(session, town, town.resident, order="shuffled")
        assert sorted(shuffled) == ["Лятно кино", "Скейт площадка"]


def ask(session, town, **changes):
    return projects.ask_change(
        session, town.organiser, town.round.id, at=town.at, reason="Нов ред на списъка", **changes
    )


def test_an_accepted_idea_goes_on_the_ballot_once_and_comes_off_again(collecting):
    town = collecting
    with transaction() as session:
        idea = submit(session, town)
        with pytest.raises(Invalid):
            ask(session, town, put=[idea.id])
        decide(session, town, idea)
    boxes.change_list(town, town.round.id, town.at, put=[idea.id])
    with transaction() as session:
        (listed_,) = projects.projects(session, town.organiser, town.round.id)
        assert (listed_.code, listed_.cost, listed_.idea_id) == ("p01", 2_500_00, idea.id)
        with pytest.raises(Invalid):
            ask(session, town, put=[idea.id])
        with pytest.raises(Locked):
            decide(session, town, idea, "rejected", None)
        with pytest.raises(Invalid):
            ideas.withdraw(session, town.resident, idea.id, town.at)

        dearer = projects.changed(listed_, cost=3_000_00, title=Texts(bg="Скейт парк", en="Skate park"))
    assert boxes.change_list(town, town.round.id, town.at, edited=[dearer]) == (dearer,)
    with transaction() as session, pytest.raises(Invalid):
        ask(session, town, edited=[projects.changed(listed_, cost=worlds.BUDGET + 1)])
    boxes.change_list(town, town.round.id, town.at, off=["p01"])
    with transaction() as session:
        assert projects.projects(session, town.guest, town.round.id) == ()
        assert ideas.withdraw(session, town.resident, idea.id, town.at).status is IdeaStatus.withdrawn
        assert ideas.ideas(session, town.guest, town.round.id) == ()
        with pytest.raises(NotFound):
            ask(session, town, off=["p01"])


@pytest.mark.parametrize("unseen", ["\u3164" * 30, "\u2800" * 30, "\u200b" * 30, "\u202e\u2066" * 15, "\u3164 \u2800"])
@pytest.mark.parametrize("field", ["title", "problem", "solution"])
def test_a_text_of_signs_that_nobody_sees_is_empty(collecting, field, unseen):
    with transaction() as session, pytest.raises(Invalid) as refusal:
        submit(session, collecting, **{field: unseen})
    assert (refusal.value.field, refusal.value.problem) == (field, "required")


def test_signs_that_nobody_sees_make_no_text_longer(collecting):
    with transaction() as session, pytest.raises(Invalid) as refusal:
        submit(session, collecting, title="Да" + "\u2800\u200b" * 10 + "!")
    assert (refusal.value.field, refusal.value.problem) == ("title", "too_short")


def test_a_reason_and_a_project_of_signs_that_nobody_sees_are_empty(collecting):
    with transaction() as session:
        idea = submit(session, collecting)
        with pytest.raises(Invalid) as refusal:
            decide(session, collecting, idea, "rejected", None, "\u3164" * 20)
        assert refusal.value.problem == "required"
        decide(session, collecting, idea)
    (project,) = boxes.change_list(collecting, collecting.round.id, collecting.at, put=[idea.id])
    empty = projects.changed(project, title=Texts(bg="\u2800", en="\u200b"))
    with transaction() as session:
        with pytest.raises(Invalid) as refusal:
            ask(session, collecting, edited=[empty])
        assert (refusal.value.field, refusal.value.problem) == ("title", "required")


def test_one_person_sends_as_many_ideas_as_the_round_takes(town):
    with transaction() as session:
        few = worlds.round_in(
            session, town.municipality.id, Phase.ideas, town.at, slug="few", projects=False, ideas_each=2
        )
        few = replace(town, round=few)
        first, _second = submit(session, few, title="Първа идея"), submit(session, few, title="Втора идея")
        assert ideas.sent(session, few.resident, few.round.id) == 2
        with pytest.raises(IdeasFull) as refusal:
            submit(session, few, title="Трета идея")
        assert refusal.value.limit == 2

        # Others have their own; a draft is kept, and one that is taken back makes room for it.
        assert submit(session, few, few.neighbour).status is IdeaStatus.waiting
        ideas.revise(session, few.resident, first.id, at=few.at, title="Първа идея, по-добра")
        ideas.withdraw(session, few.resident, first.id, few.at)
        assert ideas.submit(session, few.resident, few.round.id, few.at).title == Texts(bg="Трета идея")


def test_each_verdict_needs_its_reason(collecting):
    with transaction() as session:
        idea = submit(session, collecting)
        for verdict in ("accepted", "returned", "rejected", "not_shown"):
            with pytest.raises(Invalid) as refusal:
                decide(session, collecting, idea, verdict, reason="")
            assert (refusal.value.field, refusal.value.problem) == ("reason", "required")


def test_a_verdict_is_found_and_changed_until_the_idea_stands_on_the_ballot(collecting):
    town = collecting
    with transaction() as session:
        first, second = submit(session, town, title="Първа идея"), submit(session, town, title="Втора идея")
        own = submit(session, town, author=town.reviewer, title="Своя идея")
        assert reviews.decided(session, town.reviewer, at=town.at) == ()
        decide(session, town, first)
        decide(session, town, second, "returned")
        decide(session, town, own, reviewer=town.organiser)
        found = reviews.decided(session, town.reviewer, at=town.at)
        assert [one.id for one in found] == [second.id, first.id]

        changed = decide(session, town, first, "rejected", reason="Мястото се оказа частно.", reviewer=town.organiser)
        assert (changed.status, changed.review.reason.exactly("bg")) == ("rejected", "Мястото се оказа частно.")
        lines = [line.facts for line in journal.entries(session, town.organiser, town.round.id)]
        assert [(line["verdict"], line.get("before")) for line in lines if line.get("idea") == first.id] == [
            ("accepted", None),
            ("rejected", "accepted"),
        ]

        decide(session, town, second)
        later = town.round.dates.ideas_until
        session.get_one(tables.Round, town.round.id).published_at = None
        projects.put_on_ballot(session, town.organiser, second.id, town.at)
        session.get_one(tables.Round, town.round.id).published_at = town.at
        assert [one.id for one in reviews.decided(session, town.reviewer, at=later)] == [first.id]
        with pytest.raises(Locked):
            decide(session, town, second, "rejected")
        # Nobody judges any more once people vote.
        assert reviews.decided(session, town.reviewer, at=town.round.dates.voting_from) == ()


def test_it_is_known_which_accepted_ideas_are_not_on_the_ballot(collecting):
    town = collecting
    with transaction() as session:
        kept, left = submit(session, town, title="Първа идея"), submit(session, town, title="Втора идея")
        decide(session, town, kept)
        decide(session, town, left)
        decide(session, town, submit(session, town, title="Трета идея"), "rejected")
        assert reviews.left_out(session, town.organiser) == {town.round.id: 2}
        session.get_one(tables.Round, town.round.id).published_at = None
        projects.put_on_ballot(session, town.organiser, kept.id, town.at)
        assert reviews.left_out(session, town.organiser) == {town.round.id: 1}
        assert reviews.on_ballots(session, [kept.id, left.id]) == {kept.id}
        with pytest.raises(NotAllowed):
            reviews.left_out(session, town.reviewer)
