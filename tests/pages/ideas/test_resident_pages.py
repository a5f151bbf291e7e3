"""The residents' pages: an idea is written in three steps and never lost; the profile says where things stand."""

from __future__ import annotations

import uuid

import pytest

from core import ideas, rounds, store, voting
from core.ideas import IdeaStatus
from core.phases import Phase
from db import tables
from tests.helpers import worlds
from tests.pages.conftest import Opener, html, page_file

WRITTEN = {
    "title": "Пейки в парка",
    "problem": "Няма къде да седнем, когато чакаме.",
    "solution": "Да сложим десет пейки до алеята.",
}


@pytest.fixture
def collecting(town: worlds.Town) -> rounds.Round:
    """Give a round that collects ideas."""
    with store.transaction() as session:
        return worlds.round_in(
            session, town.municipality.id, Phase.ideas, town.at, slug="ideas", min_cost=500_00, max_cost=25_000_00
        )


def fill(app, values: dict[str, str]):
    """Type into the fields of the step that is open."""
    for name, text in values.items():
        key = f"propose-{name}"
        box = app.text_area(key=key) if name in ("problem", "solution") else app.text_input(key=key)
        box.set_value(text)
    return app.run()


@pytest.mark.parametrize("language", ["bg", "en"])
@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("page", ["propose", "account"])
def test_every_page_stands_in_every_phase(open_app: Opener, town: worlds.Town, page: str, phase: Phase, language: str):
    with store.transaction() as session:
        worlds.round_in(session, town.municipality.id, phase, town.at, slug="other", code_required=True)

    app = open_app(page_file(page), town.resident, language=language, round="other")

    assert not app.exception
    assert "<h1" in html(app)


@pytest.mark.parametrize("page", ["propose", "account"])
def test_a_guest_finds_the_way_to_sign_in_instead(open_app: Opener, page: str):
    with pytest.raises(ValueError, match="Could not find"):
        open_app(page_file(page))


def test_what_is_typed_is_kept_at_once(open_app: Opener, town: worlds.Town, collecting: rounds.Round):
    app = open_app("ideas/propose_page.py", town.resident, round="ideas")
    fill(app, WRITTEN)

    assert "Черновата е запазена" in html(app)
    with store.reading() as session:
        kept = ideas.draft(session, town.resident, collecting.id)
    assert kept is not None and kept.title.exactly("bg") == "Пейки в парка"

    again = open_app("ideas/propose_page.py", town.resident, round="ideas")
    assert again.text_input(key="propose-title").value == "Пейки в парка"


def test_a_step_that_is_not_ready_says_why_beside_the_field(
    open_app: Opener, town: worlds.Town, collecting: rounds.Round
):
    app = open_app("ideas/propose_page.py", town.resident, round="ideas")
    fill(app, {"title": "Пейки в парка", "problem": "Няма."})
    app.button(key="on").click().run()

    shown = html(app)
    assert "поне 20 знака" in shown and "Попълни това поле." in shown
    assert "Стъпка 1 от 3" in shown


def test_the_whole_way_of_an_idea(open_app: Opener, town: worlds.Town, collecting: rounds.Round):
    app = open_app("ideas/propose_page.py", town.resident, round="ideas")
    fill(app, WRITTEN)
    app.button(key="on").click().run()
    assert "Стъпка 2 от 3" in html(app)

    app.selectbox(key="propose-category_id").set_value(town.municipality.categories[0].id)
    app.selectbox(key="propose-area_id").set_value(town.municipality.areas[1].id)
    app.text_input(key="propose-cost").set_value("1 500,50")
    app.run()
    app.button(key="on").click().run()
    assert "Стъпка 3 от 3" in html(app) and "Пейки в парка" in html(app)

    app.button(key="on").click().run()
    assert "Идеята ти е изпратена" in html(app)
    with store.reading() as session:
        (mine,) = ideas.mine(session, town.resident)
    assert mine.status is IdeaStatus.waiting and mine.cost == 1_500_50


@pytest.mark.parametrize(
    ("step", "kind", "name", "most"),
    [(1, "text_input", "title", "80"), (1, "text_area", "problem", "1 000"), (1, "text_area", "solution", "1 000"),
     (2, "text_input", "place", "120")],
)  # fmt: skip
def test_a_text_that_is_too_long_stays_and_is_told(
    open_app: Opener, town: worlds.Town, collecting: rounds.Round, step: int, kind: str, name: str, most: str
):
    """The browser would drop a paste that is longer than a limit of the field's own, without a word."""
    with store.transaction() as session:
        ideas.save_draft(session, town.resident, collecting.id, at=town.at, **WRITTEN)
    app = open_app("ideas/propose_page.py", town.resident, round="ideas", step=str(step))
    field = getattr(app, kind)(key=f"propose-{name}")
    assert field.proto.max_chars == 0
    typed = "я" * (int(most.replace(" ", "")) + 1)
    field.set_value(typed).run()
    assert f"Съкрати го: най-много {most} знака." in html(app).replace("\xa0", " ")
    assert getattr(app, kind)(key=f"propose-{name}").value == typed


@pytest.mark.parametrize(("typed", "said"), [("много", "Напиши само число"), ("3", "между"), ("999 999", "между")])
def test_a_cost_that_cannot_be_is_said_in_words(
    open_app: Opener, town: worlds.Town, collecting: rounds.Round, typed: str, said: str
):
    with store.transaction() as session:
        ideas.save_draft(session, town.resident, collecting.id, at=town.at, **WRITTEN)
    app = open_app("ideas/propose_page.py", town.resident, round="ideas", step="2")
    app.selectbox(key="propose-category_id").set_value(town.municipality.categories[0].id)
    app.selectbox(key="propose-area_id").set_value(town.municipality.areas[0].id)
    app.text_input(key="propose-cost").set_value(typed).run()
    app.button(key="on").click().run()

    assert said in html(app) and not app.exception


def test_a_cost_that_may_mean_another_says_how_it_is_read(
    open_app: Opener, town: worlds.Town, collecting: rounds.Round
):
    with store.transaction() as session:
        ideas.save_draft(session, town.resident, collecting.id, at=town.at, **WRITTEN)
    app = open_app("ideas/propose_page.py", town.resident, round="ideas", step="2")

    app.text_input(key="propose-cost").set_value("1.500").run()

    assert "1.500 се чете като 1 500 €." in html(app).replace("\xa0", " ") and not app.exception


def test_outside_its_phase_the_page_says_until_when(open_app: Opener, town: worlds.Town):
    app = open_app("ideas/propose_page.py", town.resident)

    assert "приключи на" in html(app) and not app.text_input


def returned(town: worlds.Town, collecting: rounds.Round) -> int:
    """Give the resident an idea that came back with a question; return its id."""
    with store.transaction() as session:
        row = tables.Idea(
            language="bg", round_id=collecting.id, author_id=town.resident.person_id, status="returned",
            created_at=town.at, updated_at=town.at, submitted_at=town.at, area_id=town.municipality.areas[0].id,
            category_id=town.municipality.categories[0].id,
            **{name: {"bg": text} for name, text in WRITTEN.items()},
        )  # fmt: skip
        session.add(row)
        session.flush()
        review = tables.Review(
            idea_id=tables.id_of(row), reviewer_id=town.reviewer.person_id, verdict="returned", created_at=town.at,
            reason={"bg": "Къде точно в парка?"},
        )  # fmt: skip
        session.add(review)
        return tables.id_of(row)


def test_an_idea_that_came_back_is_changed_and_sent_again(
    open_app: Opener, town: worlds.Town, collecting: rounds.Round
):
    idea = returned(town, collecting)
    app = open_app("ideas/propose_page.py", town.resident, idea=str(idea))
    fill(app, {"solution": "Да сложим десет пейки до фонтана."})
    for _press in range(3):
        app.button(key="on").click().run()

    assert not app.exception and "Идеята ти е изпратена" in html(app)
    with store.reading() as session:
        (mine,) = ideas.mine(session, town.resident)
    assert mine.status is IdeaStatus.waiting and mine.solution.exactly("bg").endswith("до фонтана.")


def test_nobody_changes_the_idea_of_another(open_app: Opener, town: worlds.Town, collecting: rounds.Round):
    idea = returned(town, collecting)

    app = open_app("ideas/propose_page.py", town.neighbour, idea=str(idea))

    assert "Няма такава идея" in html(app)


def test_the_profile_shows_status_and_reason(open_app: Opener, town: worlds.Town, collecting: rounds.Round):
    returned(town, collecting)

    shown = html(open_app("people/account_page.py", town.resident))

    assert "Върната за допълване" in shown and "Къде точно в парка?" in shown


def test_the_author_withdraws_an_idea(open_app: Opener, town: worlds.Town, collecting: rounds.Round):
    idea = returned(town, collecting)
    app = open_app("ideas/idea_page.py", town.resident, id=str(idea))
    app.button(key="withdraw").click().run()

    assert not app.exception and "Оттеглена" in html(app)


def test_the_profile_says_that_the_ballot_counts_and_not_what_is_in_it(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        voting.cast_ballot(
            session, town.resident, town.round.id, ["p02"], at=town.at, request_id=str(uuid.uuid4()), replaces=0
        )

    shown = html(open_app("people/account_page.py", town.resident))

    assert "гласът ти се брои" in shown and "p02" not in shown
    assert "Гласът ти е в урната" in html(open_app("", town.resident))


def test_a_new_password_gives_a_new_recovery_code(open_app: Opener, town: worlds.Town):
    app = open_app("people/account_page.py", town.resident)
    app.text_input(key="change-old").set_value(worlds.PASSWORD)
    app.text_input(key="change-password").set_value("sasvsem-drugo-izrechenie")
    app.button(key="change-go").click().run()

    assert not app.exception and "Твоят код за възстановяване" in html(app)
    # It stays until it has been put away, though the change has ended the sign-in of this page.
    code = html(app).split('<output class="g-code">')[1].split("</output>")[0]
    app.run()
    assert code in html(app) and app.button(key="recovery-go").disabled
    app.checkbox(key="recovery-kept").check().run()
    assert code in html(app) and not app.button(key="recovery-go").disabled


def test_a_new_recovery_code_stays_until_it_is_put_away(open_app: Opener, town: worlds.Town):
    app = open_app("people/account_page.py", town.resident)
    app.text_input(key="recovery-password").set_value(worlds.PASSWORD)
    app.button(key="recovery-new").click().run()
    code = html(app).split('<output class="g-code">')[1].split("</output>")[0]
    app.checkbox(key="recovery-kept").check().run()
    assert code in html(app)
    app.button(key="recovery-go").click().run()
    assert not app.exception and code not in html(app) and "Данните ми" in html(app)


def test_a_wrong_password_for_a_new_recovery_code_is_said(open_app: Opener, town: worlds.Town):
    app = open_app("people/account_page.py", town.resident)
    app.text_input(key="recovery-password").set_value("не-е-тази-парола")
    app.button(key="recovery-new").click().run()

    assert not app.exception and html(app).count("g-err") == 1 and "g-code" not in html(app)


def test_the_profile_does_not_say_of_a_withdrawn_ballot_that_it_counts(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        known = {"at": town.at, "replaces": 0}
        voting.cast_ballot(session, town.resident, town.round.id, ["p02"], request_id=str(uuid.uuid4()), **known)
        known = {"at": town.at, "replaces": 1}
        voting.withdraw_ballot(session, town.resident, town.round.id, request_id=str(uuid.uuid4()), **known)

    shown = html(open_app("people/account_page.py", town.resident))

    assert "гласът ти се брои" not in shown and "гласът ти е оттеглен" in shown


@pytest.mark.parametrize("wrong", ["ivan@", "ivan.example.org", "не-е-имейл"])
def test_a_mistyped_email_of_the_profile_is_refused_in_words(open_app: Opener, town: worlds.Town, wrong: str):
    app = open_app("people/account_page.py", town.resident)
    app.text_input(key="facts-email").set_value(wrong)
    app.button(key="facts-go").click().run()

    assert "Това не прилича на имейл" in html(app)


@pytest.mark.parametrize("key", ["join-email", "facts-email"])
def test_an_email_is_text_for_the_browser(open_app: Opener, town: worlds.Town, key: str):
    # Streamlit keeps what it takes for no e-mail from the server, without a word in the visitor's language.
    page = {"join-email": "people/join_page.py", "facts-email": "people/account_page.py"}[key]
    app = open_app(page, None if key == "join-email" else town.resident)

    assert app.text_input(key=key).proto.type == app.text_input(key=key).proto.DEFAULT


@pytest.mark.parametrize(
    ("language", "said", "rule"),
    [
        ("bg", "Вече изпрати 1 идея – толкова може един човек в това издание.", "Един човек изпраща 1 идея."),
        ("en", "You have sent 1 idea – as many as one person can in this round.", "One person sends 1 idea."),
    ],
)
def test_who_has_sent_as_many_as_one_can_is_told_what_to_do(
    open_app: Opener, town: worlds.Town, language: str, said: str, rule: str
):
    with store.transaction() as session:
        few = worlds.round_in(session, town.municipality.id, Phase.ideas, town.at, slug="few", ideas_each=1)
        places = {"area_id": town.municipality.areas[0].id, "category_id": town.municipality.categories[0].id}
        for _again in range(2):
            ideas.save_draft(session, town.resident, few.id, at=town.at, **WRITTEN, **places)
            if not ideas.sent(session, town.resident, few.id):
                sent = ideas.submit(session, town.resident, few.id, town.at)

    full = open_app("ideas/propose_page.py", town.resident, language, round="few")
    assert said in html(full) and not full.text_input
    assert rule in html(open_app("front/rules_page.py", town.resident, language, round="few"))
    # What waits can still be changed, and others send theirs.
    assert open_app("ideas/propose_page.py", town.resident, language, idea=str(sent.id)).text_input
    assert open_app("ideas/propose_page.py", town.neighbour, language, round="few").text_input
