"""Hiding: what is hidden is gone for everyone but staff and its author; the count and the journal do not hold it."""

from __future__ import annotations

import json

import pytest

from core import hidden, ideas, journal, moderation, results, rounds
from core.errors import ConsentDiffers, Invalid, NotAllowed, NotFound
from core.ideas import IdeaStatus, projects, reviews
from core.people import accounts
from core.permissions import Actor, Role
from core.phases import Phase
from core.privacy import erasure, export
from core.rounds import second_person
from core.store import reading, transaction
from core.tally.loading import load_instance
from core.texts import Texts
from db import tables
from tests.helpers import boxes, worlds
from tests.helpers.worlds import Town

WHY = "Обижда съученик и нарушава правилата."
SIGHTED = (Role.reviewer, Role.organiser, Role.auditor)
BLIND = (Role.guest, Role.council)


@pytest.fixture
def idea(town: Town) -> tables.Idea:
    """Give an accepted idea of the resident in the round, which is voted in."""
    with transaction() as session:
        row = tables.Idea(
            language="bg", round_id=town.round.id, author_id=town.resident.person_id,
            title={"bg": "Срамна пейка", "en": "Shameful bench"}, problem={"bg": "Грозен проблем тук"},
            solution={"bg": "Злобно решение там"}, place="при Пешо", status="accepted", cost=1_000_00,
            created_at=town.at, updated_at=town.at, submitted_at=town.at,
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add(tables.Review(
            idea_id=row.id, reviewer_id=town.reviewer.person_id, verdict="accepted", cost=1_000_00,
            reason={"bg": "Подигравка в мотивите"}, created_at=town.at,
        ))  # fmt: skip
        session.flush()
        session.expunge(row)
    return row


def put_on_ballot(town: Town, idea: tables.Idea, code: str = "p01") -> None:
    """Have the idea stand on the ballot with the words it has."""
    with transaction() as session:
        row = session.exec(
            projects.select(tables.Project).where(tables.Project.round_id == town.round.id, tables.Project.code == code)
        ).one()
        row.idea_id, row.title, row.text, row.place = idea.id, idea.title, idea.solution, idea.place


def hide(town: Town, what: str, *args, reason: Texts | str = WHY, by: Actor | None = None) -> None:
    with transaction() as session:
        getattr(moderation, f"hide_{what}")(session, by or town.organiser, *args, reason=reason, at=town.at)


def seen(town: Town, idea: tables.Idea, actor: Actor) -> ideas.Idea:
    with reading() as session:
        return ideas.idea(session, actor, idea.id)


@pytest.mark.parametrize(
    ("part", "words"),
    [("title", "Срамна пейка"), ("problem", "Грозен проблем тук"), ("solution", "Злобно решение там")],
)
def test_a_text_of_an_idea_is_gone_for_everyone_but_staff_and_its_author(town: Town, idea, part: str, words: str):
    hide(town, "idea", idea.id, part)

    for role in SIGHTED:
        assert getattr(seen(town, idea, town.of(role)), part).in_("bg") == words
    assert getattr(seen(town, idea, town.resident), part).in_("bg") == words
    for actor in (*map(town.of, BLIND), town.neighbour):
        text = getattr(seen(town, idea, actor), part)
        assert (text.words, text.hidden.reason.in_("bg")) == ({}, WHY)
        with reading() as session:
            assert ideas.ideas(session, actor, town.round.id, query=words) == ()
            assert len(ideas.ideas(session, actor, town.round.id)) == 1
    assert {seen(town, idea, town.neighbour).author, seen(town, idea, town.guest).author} == {"resident"}


def test_a_place_and_a_reviews_reason_are_hidden_too(town: Town, idea):
    hide(town, "idea", idea.id, "place")
    hide(town, "review", idea.id)

    told = seen(town, idea, town.guest)
    assert (told.place, told.review.reason.words, told.review.cost) == ("", {}, 1_000_00)
    assert seen(town, idea, town.reviewer).review.reason.in_("bg") == "Подигравка в мотивите"


def test_a_whole_idea_is_gone_from_the_list_and_its_address_says_why(town: Town, idea):
    hide(town, "idea", idea.id, "all")

    for actor in (*map(town.of, BLIND), town.neighbour):
        told = seen(town, idea, actor)
        assert (told.author, told.place, told.title.words, told.problem.words) == (None, "", {}, {})
        assert told.review.reason.hidden.reason.in_("bg") == WHY
        assert "Срамна" not in repr(told) and "Подигравка" not in repr(told) and "resident" not in repr(told)
        with reading() as session:
            assert ideas.ideas(session, actor, town.round.id) == ()
    for actor in (*map(town.of, SIGHTED), town.resident):
        with reading() as session:
            (listed,) = ideas.ideas(session, actor, town.round.id)
        assert (listed.title.in_("bg"), set(listed.hidden)) == (
            "Срамна пейка", {"all", "title", "problem", "solution", "place", "nickname", "reason"}
        )  # fmt: skip


def test_a_project_keeps_code_cost_and_votes_and_loses_its_words(town: Town, idea):
    put_on_ballot(town, idea)
    boxes.cast(town, town.neighbour, ["p01"])
    hide(town, "project", town.round.id, "p01", "title")
    hide(town, "idea", idea.id, "solution")

    for role in Role:
        with reading() as session:
            (first, *_rest) = projects.projects(session, town.of(role), town.round.id)
        assert (first.code, first.cost, first.title.words, first.text.words) == ("p01", 1_000_00, {}, {})
        assert (first.title.hidden.name, first.place) == ("p01", "при Пешо")
    # What is hidden of the project is hidden of the idea it came from.
    assert seen(town, idea, town.guest).title.words == {}
    with reading() as session:
        instance = load_instance(session, boxes.fresh(town.round.id))
    assert [(each.id, each.name) for each in instance.projects[:2]] == [("p01", ""), ("p02", "Проект p02")]


def test_what_is_shown_again_is_as_it_was(town: Town, idea):
    put_on_ballot(town, idea)
    before = seen(town, idea, town.guest)
    version = boxes.fresh(town.round.id).version
    hide(town, "idea", idea.id, "all")
    with reading() as session:
        (gone,) = moderation.hidden_words(session, town.auditor, town.round.id)
    assert (gone.kind, gone.part, gone.name, gone.words.in_("bg")) == ("idea", "all", str(idea.id), "Срамна пейка")

    with transaction() as session:
        moderation.show_again(session, town.second_organiser, gone.id, at=town.at)

    assert seen(town, idea, town.guest) == before
    with reading() as session:
        assert moderation.hidden_words(session, town.auditor, town.round.id) == ()
        assert projects.projects(session, town.guest, town.round.id)[0].title.in_("en") == "Shameful bench"
    # Whatever was made of the round in between is made anew.
    assert boxes.fresh(town.round.id).version == version + 2


def test_a_nickname_is_hidden_until_its_owner_chooses_another(town: Town, idea):
    hide(town, "name", "resident")

    assert [seen(town, idea, actor).author for actor in (town.guest, town.neighbour, town.council)] == [None] * 3
    assert seen(town, idea, town.guest).hidden["nickname"].in_("bg") == WHY
    assert {seen(town, idea, actor).author for actor in (town.organiser, town.resident)} == {"resident"}
    with reading() as session:
        (gone,) = moderation.hidden_words(session, town.organiser)
    assert (gone.kind, gone.name, gone.words.in_("bg")) == ("person", "p-resident", "resident")
    accounts.correct(
        transaction, town.resident, nickname="Друго име", email=None, birth_year=2006, area_id=None, at=town.at
    )
    assert seen(town, idea, town.guest).author == "Друго име"


def test_the_journal_names_nobody_whose_name_is_hidden_and_repeats_no_words(town: Town, idea):
    put_on_ballot(town, idea)
    hide(town, "idea", idea.id, "title", reason=Texts(bg=WHY, en="It insults a classmate of somebody."))
    hide(town, "project", town.round.id, "p01", "text")
    hide(town, "review", idea.id)
    hide(town, "name", "organiser", by=town.second_organiser)
    with reading() as session:
        lines = [*journal.entries(session, town.council, town.round.id), *journal.entries(session, town.council)]

    told = [(one.action, one.facts) for one in lines if one.action == "hide"]
    assert told == [
        ("hide", {"what": "idea", "part": "title", "idea": idea.id,
                  "reason": {"bg": WHY, "en": "It insults a classmate of somebody."}}),
        ("hide", {"what": "project", "part": "text", "code": "p01", "reason": {"bg": WHY}}),
        ("hide", {"what": "review", "part": "reason", "idea": idea.id, "reason": {"bg": WHY}}),
        ("hide", {"what": "person", "part": "nickname", "to": "p-organiser", "reason": {"bg": WHY}}),
    ]  # fmt: skip
    assert {one.name for one in lines if one.pseudonym == "p-organiser"} == {None}
    assert all(one.name_hidden for one in lines if one.pseudonym == "p-organiser")
    assert not [words for words in ("Срамна", "Злобно", "Подигравка") if words in json.dumps(told, ensure_ascii=False)]


@pytest.mark.parametrize(
    ("reason", "problem"),
    [
        ("", "required"), ("\u3164" * 20, "required"), ("кратко", "too_short"), ("д" * 301, "too_long"),
        ("Не бива да пише „Срамна пейка“ тук", "repeats"), ("Не бива да пише СРАМНА ПЕЙКА тук", "repeats"),
        ("Не бива да пише Cpaмнa пeйкa тук", "repeats"), (Texts(en="It says Shameful bench, which hurts"), "repeats"),
    ],
)  # fmt: skip
def test_a_reason_is_needed_and_does_not_say_it_again(town: Town, idea, reason, problem: str):
    with pytest.raises(Invalid) as refusal:
        hide(town, "idea", idea.id, "title", reason=reason)
    assert (refusal.value.field, refusal.value.problem) == ("reason", problem)


@pytest.mark.parametrize(
    ("what", "args", "problem"),
    [
        ("idea", ("nickname",), "choice"), ("project", ("all",), "choice"), ("project", ("place",), "empty"),
    ],
)  # fmt: skip
def test_what_cannot_be_hidden_is_refused(town: Town, idea, what: str, args: tuple[str, ...], problem: str):
    key = (idea.id,) if what == "idea" else (town.round.id, "p02")
    with pytest.raises(Invalid) as refusal:
        hide(town, what, *key, *args)
    assert (refusal.value.field, refusal.value.problem) == ("part", problem)


def test_nothing_is_hidden_twice_and_nobody_is_found_by_mail(town: Town, idea):
    hide(town, "idea", idea.id, "title")
    with pytest.raises(Invalid) as refusal:
        hide(town, "idea", idea.id, "title")
    assert refusal.value.problem == "done"
    boxes.change("UPDATE person SET email_key = 'r@example.org' WHERE nickname = 'resident'")
    with pytest.raises(NotFound):
        hide(town, "name", "r@example.org")
    for role in (Role.reviewer, Role.council, Role.auditor, Role.resident):
        with pytest.raises(NotAllowed):
            hide(town, "idea", idea.id, "problem", by=town.of(role))


def test_words_that_are_hidden_are_kept_when_a_project_is_changed(town: Town, idea):
    with transaction() as session:
        round_ = worlds.round_in(
            session, town.municipality.id, Phase.preparation, town.at, slug="later", published=False
        )
        row = session.exec(projects.select(tables.Project).where(tables.Project.round_id == round_.id)).first()
        row.text = {"bg": "Описание"}
    hide(town, "project", round_.id, "p01", "title")

    def edit(**changes):
        with transaction() as session:
            (one, *_rest) = projects.projects(session, town.organiser, round_.id)
            return projects.edit(
                session, town.organiser, round_.id, "p01", projects.changed(one, **changes), town.at
            )  # fmt: skip

    edited = edit(cost=1_500_00, text=Texts(bg="Ново описание"))
    assert (edited.cost, edited.text.in_("bg"), edited.title.words) == (1_500_00, "Ново описание", {})
    with pytest.raises(Invalid) as refusal:
        edit(title=Texts(bg="Друго"))
    assert (refusal.value.field, refusal.value.problem) == ("title", "hidden")
    with reading() as session:
        (gone,) = moderation.hidden_words(session, town.organiser, round_.id)
    assert gone.words.in_("bg") == "Проект p01"


def test_a_review_ends_in_not_shown_and_publishes_nothing(town: Town):
    with transaction() as session:
        round_ = worlds.round_in(session, town.municipality.id, Phase.review, town.at, slug="later", projects=False)
        row = tables.Idea(
            language="bg", round_id=round_.id, author_id=town.resident.person_id, title={"bg": "Обида"},
            problem={"bg": "П"}, solution={"bg": "Р"}, status="waiting", created_at=town.at, updated_at=town.at,
            submitted_at=town.at,
        )  # fmt: skip
        session.add(row)
        session.flush()
        idea_id = row.id
        reviews.decide(session, town.reviewer, idea_id, "not_shown", cost=None, reason=WHY, at=town.at)

    for actor in (town.guest, town.neighbour, town.council):
        with reading() as session:
            assert ideas.ideas(session, actor, round_.id) == ()
            with pytest.raises(NotFound):
                ideas.idea(session, actor, idea_id)
    with reading() as session:
        own = ideas.idea(session, town.resident, idea_id)
        assert (own.status, own.review.reason.in_("bg")) == (IdeaStatus.not_shown, WHY)
        assert ideas.idea(session, town.auditor, idea_id).title.in_("bg") == "Обида"
        (line,) = journal.entries(session, town.council, round_.id)
    assert line.facts == {"idea": idea_id, "verdict": "not_shown"}
    with transaction() as session:
        erasure.erase(session, town.resident, at=town.at)
    assert boxes.rows("SELECT 1 FROM idea WHERE id = :id", id=idea_id) == []


def test_a_hidden_idea_goes_with_the_account_of_its_author(town: Town, idea):
    hide(town, "idea", idea.id, "all")
    with transaction() as session:
        erasure.erase(session, town.resident, at=town.at)

    assert boxes.rows("SELECT 1 FROM idea") == boxes.rows("SELECT 1 FROM hiding") == []


def test_a_hidden_idea_on_the_ballot_stays_without_a_name_and_hidden(town: Town, idea):
    put_on_ballot(town, idea)
    hide(town, "idea", idea.id, "all")
    with transaction() as session:
        erasure.erase(session, town.resident, at=town.at)

    with reading() as session:
        assert projects.projects(session, town.guest, town.round.id)[0].title.words == {}


def test_an_owner_takes_her_own_words_away_and_nobody_else_does(town: Town, idea):
    put_on_ballot(town, idea)
    boxes.cast(town, town.neighbour, ["p01", "p02"])
    hide(town, "idea", idea.id, "all")
    hide(town, "review", idea.id)
    with reading() as session:
        own = json.dumps(export.of_person(session, town.resident, at=town.at), ensure_ascii=False)
        other = export.of_person(session, town.neighbour, at=town.at)

    assert "Срамна пейка" in own and WHY in own and "Подигравка" not in own and "p-organiser" not in own
    assert sorted(other["ballot"][0]["titles"]) == ["p01", "Проект p02"]
    assert "Срамна" not in json.dumps(other, ensure_ascii=False)


def test_an_accepted_idea_that_is_hidden_does_not_go_on_the_ballot(town: Town, idea):
    hide(town, "idea", idea.id, "all")
    with transaction() as session, pytest.raises(Invalid) as refusal:
        projects.ask_change(
            session, town.organiser, town.round.id, at=town.at, reason="Нов ред на списъка", put=[idea.id]
        )
    assert (refusal.value.field, refusal.value.problem) == ("idea", "hidden")


@pytest.fixture
def later(town: Town, idea: tables.Idea) -> int:
    """Give a public round without ballots whose p01 has words of its own, and to which the idea belongs."""
    with transaction() as session:
        round_ = worlds.round_in(session, town.municipality.id, Phase.review, town.at, slug="later")
        row = session.exec(projects.select(tables.Project).where(tables.Project.round_id == round_.id)).first()
        row.title, row.text, row.place = {"bg": "Гадно име"}, {"bg": "Гадно описание"}, "при Гадния"
        session.get_one(tables.Idea, idea.id).round_id = round_.id
    return round_.id


def ask(town: Town, round_id: int, **changes):
    with transaction() as session:
        return projects.ask_change(session, town.organiser, round_id, at=town.at, reason="Поправка на думи", **changes)


def agree(town: Town, round_id: int, consent: str):
    with transaction() as session:
        return projects.agree_change(session, town.second_organiser, round_id, at=town.at, consent=consent)


def first(town: Town, round_id: int) -> projects.Listed:
    with reading() as session:
        return projects.projects(session, town.organiser, round_id)[0]


def kept(round_id: int, code: str = "p01") -> tuple[str, str, str]:
    (row,) = boxes.rows("SELECT title, text, place FROM project WHERE round_id = :id AND code = :code", id=round_id,
                        code=code)  # fmt: skip
    told = [json.loads(each) if isinstance(each, str) else each for each in (row.title, row.text)]
    return told[0]["bg"], told[1]["bg"], row.place


def told(town: Town, round_id: int, reader: Actor) -> str:
    """Return what a reader of requests, of the journal and of public changes is told, with all that waits."""
    with reading() as session:
        found: list[object] = [rounds.changes(session, reader, round_id)]
        if reader.roles - {Role.guest, Role.resident}:
            found += [line.facts for line in journal.entries(session, reader, round_id)]
            found += second_person.pending(session, reader, round_id)
            found += projects.proposed(session, reader, round_id)
    return repr(found)


def test_hidden_words_stay_through_a_change_by_two_and_stand_in_no_request_and_no_line(town: Town, later: int):
    for part in ("title", "text", "place"):
        hide(town, "project", later, "p01", part)
    asked = ask(town, later, edited=[projects.changed(first(town, later), cost=1_700_00)])

    assert [line.field for line in asked.lines] == ["cost"]
    assert agree(town, later, asked.consent)[0].title.words == {}
    assert kept(later) == ("Гадно име", "Гадно описание", "при Гадния")
    assert first(town, later).cost == 1_700_00
    agree(town, later, ask(town, later, off=["p01"]).consent)
    for reader in (town.guest, town.council, town.auditor):
        assert "Гадн" not in told(town, later, reader)
    assert "Гадн" not in str(boxes.rows("SELECT facts FROM journal"))


@pytest.mark.parametrize("part", ["title", "text", "place"])
def test_two_people_put_no_other_words_in_the_place_of_hidden_ones(town: Town, later: int, part: str):
    hide(town, "project", later, "p01", part)
    other = "друго" if part == "place" else Texts(bg="Друго")
    with pytest.raises(Invalid) as refusal:
        ask(town, later, edited=[projects.changed(first(town, later), **{part: other})])
    assert (refusal.value.field, refusal.value.problem) == (part, "hidden")


def test_hiding_ends_a_request_with_the_words_and_earlier_lines_tell_them_no_more(town: Town, later: int):
    asked = ask(town, later, edited=[projects.changed(first(town, later), title=Texts(bg="Гадно ново име"))])
    done = ask(town, later, edited=[projects.changed(first(town, later), text=Texts(bg="Гадно ново описание"))])
    for reader in (town.council, town.auditor):
        # Control: until it is hidden it is told.
        assert "Гадно ново" in told(town, later, reader)
    assert asked.consent != done.consent
    hide(town, "project", later, "p01", "title")
    hide(town, "project", later, "p01", "text")
    hide(town, "project", later, "p01", "place")

    with reading() as session:
        (waiting,) = second_person.pending(session, town.second_organiser, later)
        lines = [line.action for line in journal.entries(session, town.council, later)]
    assert waiting.ended and "end_change_list" in lines
    with pytest.raises(ConsentDiffers):
        agree(town, later, done.consent)
    for reader in (town.guest, town.council, town.auditor):
        assert "Гадн" not in told(town, later, reader)


def test_what_was_changed_in_public_is_withheld_once_it_is_hidden_and_told_again_with_the_words(town: Town, later: int):
    agree(town, later, ask(town, later, edited=[
        projects.changed(first(town, later), title=Texts(bg="Гадно ново име")),
    ]).consent)  # fmt: skip
    assert "Гадно ново име" in told(town, later, town.guest)
    hide(town, "project", later, "p01", "title")
    assert "Гадно" not in told(town, later, town.guest) and WHY in told(town, later, town.guest)
    with transaction() as session:
        assert hidden.in_journal(session, later).until.keys() == {("p01", "title")}
        (gone,) = moderation.hidden_words(session, town.organiser, later)
        moderation.show_again(session, town.organiser, gone.id, at=town.at)
    assert "Гадно ново име" in told(town, later, town.guest)


def test_words_stay_withheld_when_the_project_has_left_the_ballot(town: Town, later: int):
    agree(town, later, ask(town, later, edited=[
        projects.changed(first(town, later), title=Texts(bg="Гадно ново име")),
    ]).consent)  # fmt: skip
    hide(town, "project", later, "p01", "title")
    agree(town, later, ask(town, later, off=["p01"]).consent)

    assert boxes.rows("SELECT 1 FROM hiding") == []
    for reader in (town.guest, town.council, town.auditor):
        assert "Гадно ново" not in told(town, later, reader)


def test_an_idea_with_a_hidden_text_goes_on_the_ballot_without_a_line_telling_it(town: Town, later: int, idea):
    hide(town, "idea", idea.id, "title")
    hide(town, "idea", idea.id, "place")
    asked = ask(town, later, put=[idea.id])
    on_list = agree(town, later, asked.consent)[-1]

    assert (on_list.title.words, on_list.place, on_list.text.words) == ({}, "", {"bg": "Злобно решение там"})
    assert kept(later, on_list.code) == ("Срамна пейка", "Злобно решение там", "при Пешо")
    for reader in (town.guest, town.council, town.auditor):
        assert not {"Срамна", "Пешо"} & set(told(town, later, reader).replace("'", " ").split())
    hide(town, "idea", idea.id, "solution")
    assert "Злобно" not in told(town, later, town.guest)
    with reading() as session:
        assert {"title", "solution", "place"} == set(hidden.of_ideas(session, [idea.id]).ideas[idea.id])
        assert hidden.of_projects(session, later).keys() == {on_list.code}
        assert hidden.of_people(session) == {}


def test_a_count_is_the_same_before_and_after(town: Town, idea):
    put_on_ballot(town, idea)
    boxes.cast(town, town.neighbour, ["p01"])
    at = boxes.end_voting(town.round.id)
    boxes.until_count(town, town.round.id, at)
    boxes.count(town, town.round.id, at)
    boxes.publish(town, town.round.id, at)

    def counted():
        with transaction() as session:
            round_ = boxes.fresh(town.round.id)
            given = results._counting._read(session, round_, None, None)
            results._counting._keep(session, round_.id, results.work_out(given), at)
            return results.result(session, town.guest, round_.id)

    before = counted()
    hide(town, "idea", idea.id, "all")

    assert counted() == before and before.allocation.funded[0].id == "p01"
    assert "Срамна" not in repr(before) and "Пешо" not in repr(before)


def test_control_whoever_sees_everything_finds_the_words(town: Town, idea, monkeypatch: pytest.MonkeyPatch):
    hide(town, "idea", idea.id, "all")
    monkeypatch.setattr(hidden, "of_ideas", lambda *_: hidden.OfIdeas({}, {}, {}))

    assert seen(town, idea, town.guest).title.in_("bg") == "Срамна пейка"
