"""Areas and topics: what an organiser may make of them, and what stays as it is."""

from __future__ import annotations

import pytest

from core import ideas, journal, municipalities, places, store
from core.errors import Invalid, NotAllowed, NotFound
from core.people import persons
from core.permissions import Role
from core.phases import Phase
from core.places import Wanted
from core.texts import Texts
from db import tables
from tests.helpers import boxes, worlds
from tests.helpers.worlds import Town

IDEA = {
    "title": "Скейт площадка", "problem": "Няма къде да се кара безопасно.", "solution": "Малка бетонна площадка.",
    "place": "до гарата", "cost": 2_000_00,
}  # fmt: skip


def arrange(town: Town, kind: places.Kind, *wanted: Wanted, actor=None) -> municipalities.Municipality:
    with store.transaction() as session:
        places.arrange(session, actor or town.organiser, kind, wanted, at=town.at)
    with store.reading() as session:
        return municipalities.municipality(session, town.municipality.id)


def collecting(town: Town) -> int:
    with store.transaction() as session:
        return worlds.round_in(session, town.municipality.id, Phase.ideas, town.at, slug="c", projects=False).id


def test_areas_and_topics_are_added_renamed_retired_and_offered_again(town: Town):
    gara, sport = town.municipality.areas[1], town.municipality.categories[0]

    after = arrange(
        town, "area", Wanted(Texts(bg=" Новата  гара ", en="New Station"), gara.id), Wanted(Texts(bg="Ряхово"))
    )
    assert [(each.code, each.names.words) for each in after.areas] == [
        ("center", {"bg": "Център", "en": "Centre"}),
        ("gara", {"bg": "Новата гара", "en": "New Station"}),
        ("p01", {"bg": "Ряхово"}),
    ]

    after = arrange(town, "category", Wanted(sport.names, sport.id, icon="health", retired=True))
    assert [each.code for each in after.offered_categories] == ["culture"]
    assert (after.categories[0].look, after.categories[0].retired) == ("health", True)

    after = arrange(town, "category", Wanted(sport.names, sport.id))
    assert [each.code for each in after.offered_categories] == ["sport", "culture"]
    assert after.categories[0].look == "sport"

    with store.reading() as session:
        told = [one.facts["places"] for one in journal.entries(session, town.auditor) if one.action == "edit_places"]
    assert [[(each["kind"], each["done"]) for each in line] for line in told] == [
        [("area", "renamed"), ("area", "added")],
        [("category", "icon"), ("category", "retired")],
        [("category", "icon"), ("category", "offered")],
    ]
    assert told[0][0]["was"] == {"bg": "Гара", "en": "Station"}


def test_what_did_not_change_is_no_line_of_the_journal(town: Town):
    gara = town.municipality.areas[1]
    arrange(town, "area", Wanted(gara.names, gara.id))

    with store.reading() as session:
        assert "edit_places" not in {one.action for one in journal.entries(session, town.auditor)}


@pytest.mark.parametrize(
    ("names", "language", "problem"),
    [
        (Texts(bg="", en="Station"), "bg", "required"),
        (Texts(bg="х" * 81), "bg", "too_long"),
        (Texts(bg="Ряхово", en="R" * 81), "en", "too_long"),
        (Texts(bg="център"), "bg", "double"),
        (Texts(bg="Цeнтъp"), "bg", "double"),  # Latin e and p
        (Texts(bg="Ряхово", en="Centre"), "en", "double"),
        (Texts(bg="Ря\u202eхово"), "bg", "format"),
        (Texts(bg="Ря\nхово\x1b[31m"), "bg", "format"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_name_that_makes_no_sense_is_told_at_its_row(town: Town, names, language, problem):
    with pytest.raises(Invalid) as refusal:
        arrange(town, "area", Wanted(Texts(bg="Долно село")), Wanted(names))

    assert refusal.value.facts.items() >= {"field": "names", "problem": problem, "row": 1, "language": language}.items()


def test_two_new_ones_of_one_name_are_refused_and_all_faults_are_told_at_once(town: Town):
    found = places.faults([Wanted(Texts(bg="Игри")), Wanted(Texts(bg="ИГРИ"), icon="../x")], "bg")

    assert [(each.field, each.problem, each.more["row"]) for each in found] == [
        ("icon", "choice", 1), ("names", "double", 1),
    ]  # fmt: skip


def test_two_names_can_be_swapped(town: Town):
    center, gara = town.municipality.areas

    after = arrange(town, "area", Wanted(gara.names, center.id), Wanted(center.names, gara.id))

    assert [each.names.exactly("bg") for each in after.areas] == ["Гара", "Център"]


def test_a_list_has_an_end(town: Town):
    many = [Wanted(Texts(bg=f"Село {number}")) for number in range(199)]

    assert [each.problem for each in places.faults(many, "bg", town.municipality.areas)] == ["too_many"]
    assert places.faults(many[:198], "bg", town.municipality.areas) == ()


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.organiser, Role.operator)])
def test_only_organisers_and_the_server_may(town: Town, role: Role):
    with pytest.raises(NotAllowed):
        arrange(town, "area", Wanted(Texts(bg="Ряхово")), actor=town.of(role))


def test_what_belongs_to_another_town_is_not_found(town: Town):
    with pytest.raises(NotFound):
        arrange(town, "area", Wanted(Texts(bg="Ряхово"), 9_999))


def test_an_idea_needs_neither_area_nor_topic_where_the_town_has_none(town: Town):
    for kind in ("area", "category"):
        known = places.known(town.municipality, kind)
        arrange(town, kind, *(Wanted(each.names, each.id, retired=True) for each in known))
    round_id = collecting(town)

    with store.transaction() as session:
        ideas.save_draft(session, town.resident, round_id, at=town.at, **IDEA)
        sent = ideas.submit(session, town.resident, round_id, town.at)

    assert (sent.status, sent.area_id, sent.category_id) == (ideas.IdeaStatus.waiting, None, None)


def test_an_idea_stays_where_it_stands_when_that_is_retired(town: Town):
    round_id, gara, sport = collecting(town), town.municipality.areas[1], town.municipality.categories[0]
    where = {"area_id": gara.id, "category_id": sport.id}
    with store.transaction() as session:
        ideas.save_draft(session, town.resident, round_id, at=town.at, **IDEA, **where)
        sent = ideas.submit(session, town.resident, round_id, town.at)
    arrange(town, "area", Wanted(gara.names, gara.id, retired=True))
    arrange(town, "category", Wanted(sport.names, sport.id, retired=True))

    with store.transaction() as session:
        again = ideas.revise(session, town.resident, sent.id, at=town.at, title="Скейт парк", **where)
        assert (again.area_id, again.category_id) == (gara.id, sport.id)


def test_a_new_idea_does_not_go_where_nothing_is_offered_any_more(town: Town):
    round_id, gara = collecting(town), town.municipality.areas[1]
    where = {"area_id": gara.id, "category_id": town.municipality.categories[0].id}
    with store.transaction() as session:
        ideas.save_draft(session, town.resident, round_id, at=town.at, **IDEA, **where)
    arrange(town, "area", Wanted(gara.names, gara.id, retired=True))

    with pytest.raises(Invalid) as waited, store.transaction() as session:
        ideas.submit(session, town.resident, round_id, town.at)
    with pytest.raises(Invalid) as chosen, store.transaction() as session:
        ideas.save_draft(session, town.neighbour, round_id, at=town.at, area_id=gara.id)

    assert (waited.value.field, waited.value.problem) == ("area_id", "choice")
    assert (chosen.value.field, chosen.value.problem) == ("area_id", "choice")


def test_people_keep_an_area_that_is_retired_and_nobody_takes_it_anew(town: Town):
    gara = town.municipality.areas[1]
    arrange(town, "area", Wanted(gara.names, gara.id, retired=True))

    with store.reading() as session:
        persons.check_area(session, town.municipality.id, gara.id, kept=gara.id)
        with pytest.raises(Invalid):
            persons.check_area(session, town.municipality.id, gara.id)


def standing_in(town: Town, kind: places.Kind, statement: str = "", **values) -> int:
    """Let a project of the round in which people vote stand in the second area or topic, and return its id."""
    place = places.known(town.municipality, kind)[1].id
    boxes.change(f"UPDATE project SET {kind}_id = :place WHERE round_id = :id", place=place, id=town.round.id)
    if statement:
        boxes.change(f"UPDATE round SET {statement} WHERE id = :id", id=town.round.id, **values)
    return place


@pytest.mark.parametrize("kind", ["area", "category"])
def test_what_people_vote_under_keeps_its_name(town: Town, kind: places.Kind):
    place = standing_in(town, kind)
    one = places.known(town.municipality, kind)[1]
    for names in (one.names | {"bg": "Другаде"}, one.names | {"en": ""}, one.names | {"en": "Else"}):
        with pytest.raises(Invalid) as refusal:
            arrange(town, kind, Wanted(names, place))
        assert refusal.value.facts["problem"] == "voting" and refusal.value.facts["field"] == "names"
        assert refusal.value.facts["round"] == town.round.titles

    # It may be retired, and others may get another name.
    after = arrange(town, kind, Wanted(one.names, place, retired=True), Wanted(Texts(bg="Ряхово")))
    assert [each.retired for each in places.known(after, kind)] == [False, True, False]
    first = places.known(town.municipality, kind)[0].id
    boxes.change(f"UPDATE project SET {kind}_id = :place WHERE round_id = :id", place=place, id=town.round.id)
    arrange(town, kind, Wanted(Texts(bg="Първо"), first))


@pytest.mark.parametrize(
    "statement",
    ["voted", "result_published_at = published_at", "voided_at = published_at", "published_at = NULL", "not begun"],
)
def test_a_name_is_kept_from_the_first_vote_until_the_result(town: Town, statement: str):
    said = {"voted": "voting_until = voting_from", "not begun": "voting_from = voting_until"}.get(statement, statement)
    place = standing_in(town, "area", said)
    wanted = Wanted(Texts(bg="Другаде"), place)
    if statement == "voted":
        with pytest.raises(Invalid):
            arrange(town, "area", wanted)
    else:
        assert arrange(town, "area", wanted).areas[1].names == Texts(bg="Другаде")


def test_an_idea_that_was_sent_keeps_the_name_too(town: Town):
    gara = town.municipality.areas[1]
    with store.transaction() as session:
        session.add(tables.Idea(
            round_id=town.round.id, language="bg", area_id=gara.id, created_at=town.at, updated_at=town.at,
            submitted_at=town.at, status="accepted",
        ))  # fmt: skip
    with store.reading() as session:
        assert places.held(session, town.organiser, "area", at=town.at) == {gara.id: town.round.titles}
    with pytest.raises(Invalid):
        arrange(town, "area", Wanted(Texts(bg="Другаде"), gara.id))
