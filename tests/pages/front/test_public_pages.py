"""The public pages: each stands in every phase and language, says what is true then, and keeps secret what is."""

from __future__ import annotations

import pytest

from core import store
from core.ballots import types
from core.errors import Invalid
from core.phases import Phase
from db import tables
from pages.open_data import files_route
from pages.parts import forms, i18n, visit
from pages.parts.forms import lines
from pages.rounds import chosen, stages
from pages.voting import ballot_types
from tests.helpers import boxes, worlds
from tests.pages.conftest import Opener, html, page_file

PAGES = ("home", "ideas", "projects", "rules", "results", "about", "join", "sign_in", "recover")


def other_round(town: worlds.Town, phase: Phase, **changes: object) -> str:
    """Add a round in a phase and return its slug."""
    with store.transaction() as session:
        slug = f"r-{phase}"
        worlds.round_in(session, town.municipality.id, phase, town.at, slug=slug, **changes)  # type: ignore[arg-type]
    return slug


def counted(town: worlds.Town, *ballots: list[str], rule: str = "greedy") -> str:
    """Add a round with these ballots, count it by two people and publish it; return its slug."""
    with store.transaction() as session:
        round = worlds.round_in(session, town.municipality.id, Phase.counting, town.at, slug="counted", rule=rule)
        boxes.opened(session, round.id, ballots, town.at)
    boxes.count(town, round.id, town.at)
    boxes.publish(town, round.id, town.at)
    return round.slug


def an_idea(town: worlds.Town, status: str, *, reason: str = "", title: str = "Пейки в парка") -> int:
    """Add an idea of the resident to the town's round and return its id."""
    with store.transaction() as session:
        row = tables.Idea(
            language="bg", round_id=town.round.id, author_id=town.resident.person_id, title={"bg": title},
            problem={"bg": "Няма къде да седнем."},
            solution={"bg": "Да сложим десет пейки."}, area_id=town.municipality.areas[0].id, status=status,
            cost=1_500_00,
            category_id=town.municipality.categories[0].id, created_at=town.at, updated_at=town.at,
            submitted_at=town.at,
        )  # fmt: skip
        session.add(row)
        session.flush()
        if reason:
            session.add(
                tables.Review(
                    idea_id=tables.id_of(row), reviewer_id=town.reviewer.person_id, verdict=status,
                    reason={"bg": reason},
                    created_at=town.at,
                )
            )  # fmt: skip
        return tables.id_of(row)


@pytest.mark.parametrize("language", ["bg", "en"])
@pytest.mark.parametrize("phase", list(Phase))
def test_every_page_stands_in_every_phase(open_app: Opener, town: worlds.Town, phase: Phase, language: str):
    slug = other_round(town, phase)

    for page in PAGES:
        app = open_app(page_file(page), language=language, round=slug)

        assert not app.exception, (page, app.exception)
        assert "<h1" in html(app), page


@pytest.mark.parametrize("page", ["home", "ideas", "projects", "rules", "results"])
def test_without_a_round_the_page_says_so_calmly(open_app: Opener, town: worlds.Town, page: str):
    with store.transaction() as session:
        session.delete(session.get_one(tables.Round, town.round.id))

    app = open_app(page_file(page))

    assert not app.exception
    assert "Следващото издание се подготвя" in html(app)


@pytest.mark.parametrize("page", ["home", "ideas", "projects", "rules", "results"])
def test_a_misspelt_round_is_a_calm_page(open_app: Opener, page: str):
    app = open_app(page_file(page), round="няма-такова")

    assert not app.exception
    assert "Няма такова издание" in html(app)


@pytest.mark.parametrize("wanted", ["", "0", "999", "две", "-1", "9" * 40])
def test_an_unknown_idea_is_a_calm_page(open_app: Opener, wanted: str):
    app = open_app("ideas/idea_page.py", id=wanted)

    assert not app.exception
    assert "Няма такава идея" in html(app)


def test_home_calls_to_what_the_phase_asks_for(open_app: Opener, town: worlds.Town):
    calls = {
        Phase.ideas: "Подай идея",
        Phase.review: "Виж идеите",
        Phase.counting: "Виж какво следва",
        Phase.preparation: "Виж правилата",
    }
    for phase, call in calls.items():
        assert call in html(open_app("front/home_page.py", round=other_round(town, phase))), phase
    assert "Гласувай сега" in html(open_app())


def test_the_current_stage_is_marked_for_screen_readers(open_app: Opener, town: worlds.Town):
    assert html(open_app()).count('aria-current="step"') == 1
    assert [stage.state for stage in stages.stages(town.round, at=town.at)] == ["done", "done", "now", "next", "next"]


@pytest.mark.parametrize(
    ("type", "words"), [("approval", "Избери"), ("knapsack", "Събери кошница"), ("ranking", "Подреди")]
)
def test_how_to_vote_follows_the_ballot(town: worlds.Town, type: str, words: str):
    with store.transaction() as session:
        made = worlds.round_in(
            session, town.municipality.id, Phase.voting, town.at, slug="b", ballot=types.BallotRules(type, 1, 3)
        )  # type: ignore[arg-type]

    with i18n.speaking("bg"):
        assert words in ballot_types.steps(made)[0].title


@pytest.mark.parametrize("visibility", ["turnout", "sealed"])
def test_a_hidden_tally_is_nowhere(open_app: Opener, town: worlds.Town, visibility: str):
    slug = other_round(town, Phase.voting, visibility=visibility)

    for page in ("home", "results", "projects", "rules"):
        app = open_app(page_file(page), round=slug)
        shown = html(app) + str([element.proto for element in app.main if "component" in element.type])
        assert "supports" not in shown and "засега избран" not in shown, page
    assert "До края показваме само колко души са гласували" in html(open_app("results/results_page.py", round=slug))


def test_no_result_shows_before_it_is_published(open_app: Opener, town: worlds.Town):
    slug = other_round(town, Phase.counting)

    shown = html(open_app("results/results_page.py", round=slug))

    assert "Броим" in shown and "Ще бъдат направени" not in shown


def test_results_say_what_was_chosen_and_why_the_rest_was_not(open_app: Opener, town: worlds.Town):
    slug = counted(town, ["p05"], ["p05"], ["p05", "p04"], ["p03"], ["p03"])

    shown = html(open_app("results/results_page.py", round=slug)).replace("\u00a0", " ")

    assert "2 проекта за 8 000 €" in shown
    assert "Не стигнаха 3 000 €, когато му дойде редът: струва 4 000 €, а оставаха 1 000 €." in shown
    assert "Няма нито един глас." in shown
    assert "Окончателни" in shown


def test_a_worked_example_uses_the_numbers_of_the_count(open_app: Opener, town: worlds.Town):
    slug = counted(town, ["p05"], ["p05"], ["p04"])

    shown = html(open_app("results/results_page.py", round=slug, language="en")).replace("\u00a0", " ")

    assert "Example: Project p05" in shown and "It costs €5,000, so €4,000 is left." in shown


def test_equal_shares_are_explained_with_purses(open_app: Opener, town: worlds.Town):
    rules = pytest.importorskip("core.counting.rules").RULES
    if "equal-shares" not in rules:
        pytest.skip("equal shares are not there yet")
    slug = counted(town, ["p05"], ["p05"], ["p04"], ["p01"], rule="equal-shares")

    shown = html(open_app("results/results_page.py", round=slug)).replace("\u00a0", " ")

    assert "9 000 € ÷ 4 бюлетини = по 2 250 € за всяка." in shown


def test_a_published_result_is_a_file_too(town: worlds.Town):
    slug = counted(town, ["p05"], ["p05"], ["p04"])

    lines = files_route._table(chosen.published(slug), "bg").splitlines()

    assert len(lines) == 6
    assert lines[5].startswith("p05;Проект p05;5000;2;1")


def test_an_idea_shows_its_way_and_the_reviewers_reason(open_app: Opener, town: worlds.Town):
    idea = an_idea(town, "rejected", reason="Мястото е частно.")

    shown = html(open_app("ideas/idea_page.py", id=str(idea)))

    assert "Пейки в парка" in shown and "Мястото е частно." in shown and "resident" in shown


def test_a_waiting_idea_is_its_authors_alone(open_app: Opener, town: worlds.Town):
    idea = str(an_idea(town, "waiting"))

    told = html(open_app("ideas/idea_page.py", id=idea))
    assert "Тази идея се проверява" in told and "Пейки" not in told
    assert "Пейки в парка" in html(open_app("ideas/idea_page.py", town.resident, id=idea))


def test_what_people_write_is_never_markup(open_app: Opener, town: worlds.Town):
    idea = an_idea(town, "accepted", reason="<b>x</b>", title='<img src=x onerror="alert(1)">')

    for page, query in (("idea", {"id": str(idea)}), ("ideas", {})):
        shown = html(open_app(page_file(page), **query))
        assert "<img src=x" not in shown and "&lt;img src=x" in shown


def test_filters_live_in_the_address(open_app: Opener, town: worlds.Town):
    an_idea(town, "accepted", reason="Да.")
    an_idea(town, "accepted", reason="Да.", title="Осветление")

    app = open_app("ideas/ideas_page.py", q="пейки космос")
    assert "Няма идеи с тези филтри" in html(app)

    app = open_app("ideas/ideas_page.py", theme="sport", q="осветление")
    assert "1 идея" in html(app) and "Осветление" in html(app) and "Пейки в парка" not in html(app)

    app.text_input(key="ideas-q").set_value("пейки").run()
    assert app.query_params["q"] == ["пейки"] or app.query_params["q"] == "пейки"
    assert "Пейки в парка" in html(app)


def join(app, **changes: str):
    """Fill the form for joining and press its button."""
    typed = {
        "nickname": "vyara", "email": "", "birth_year": "2008", "password": "bez-parola-ne-moga-7",
    } | changes  # fmt: skip
    for name, text in typed.items():
        app.text_input(key=f"join-{name}").set_value(text)
    app.selectbox(key="join-area").set_value(1)
    return app.button(key="join-go").click().run()


def test_joining_shows_the_recovery_code_once(open_app: Opener):
    app = join(open_app("people/join_page.py"))

    assert not app.exception
    assert "Здравей, vyara!" in html(app) and "Твоят код за възстановяване" in html(app)
    assert app.button(key="recovery-go").disabled


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("nickname", "", "Попълни това поле."),
        ("nickname", "resident", "Somebody already"),
        ("birth_year", "две", "Напиши само годината"),
        ("password", "12345", "знака"),
        ("email", "не-е-имейл", "имейл"),
    ],
)
def test_what_is_wrong_with_a_field_stands_beside_it(open_app: Opener, field: str, value: str, said: str):
    app = join(open_app("people/join_page.py"), **{field: value})

    assert not app.exception
    with i18n.speaking("bg"):
        assert i18n._(said) in html(app) or said in html(app) or "Вече има човек" in html(app) or "g-err" in html(app)
    assert "Твоят код за възстановяване" not in html(app)


def test_an_own_area_is_where_people_live(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        session.add(tables.Area(
            municipality_id=town.municipality.id, code="town-wide",
            names={"bg": "Целият град", "en": "The whole town"}, position=9,
        ))  # fmt: skip
    visit.forget_town()
    offered = open_app("people/join_page.py").selectbox(key="join-area").options

    assert "Център" in offered and "Целият град" not in offered


@pytest.mark.parametrize("typed", ["две", "20x0"])
def test_a_year_that_is_none_is_answered_with_a_year(open_app: Opener, typed: str):
    assert "например 2010" in html(join(open_app("people/join_page.py"), birth_year=typed))


def test_children_are_told_kindly_that_it_is_too_early(open_app: Opener, town: worlds.Town):
    app = join(open_app("people/join_page.py"), birth_year=str(town.at.year - 12))

    assert "разкажеш идеята си на някого по-голям" in html(app)


def test_a_wrong_password_does_not_say_what_is_wrong(open_app: Opener):
    app = open_app("people/sign_in_page.py")
    app.text_input(key="sign-in-name").set_value("resident")
    app.text_input(key="sign-in-password").set_value("не-е-тази-парола")
    app.button(key="sign-in-go").click().run()

    assert "g-err" in html(app) and not app.exception


def test_a_guest_is_led_through_sign_in_and_back(open_app: Opener):
    app = open_app("front/sign_in_first_page.py")

    assert not app.exception


def test_options_of_the_same_name_are_told_apart():
    assert forms.told_apart({1: "Жиленци", 2: "Лозно", 3: "Жиленци"}) == {
        1: "Жиленци (1)",
        2: "Лозно",
        3: "Жиленци (3)",
    }


def test_a_problem_with_the_area_stands_beside_the_list_of_areas():
    assert lines._field(Invalid("area", "choice")) == "area_id"
