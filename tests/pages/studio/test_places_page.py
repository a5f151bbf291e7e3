"""The page of areas and topics: everything on it is done at once, and what is wrong stands at its field."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core import municipalities, places, store
from core.phases import Phase
from core.places import Wanted
from core.texts import Texts
from tests.helpers import boxes, worlds
from tests.pages.conftest import Opener, html

PAGE = "studio/places_page.py"


def press(app: AppTest, label: str) -> AppTest:
    (found,) = (button for button in app.button if button.label == label)
    return found.click().run()


def now(town: worlds.Town) -> municipalities.Municipality:
    with store.reading() as session:
        return municipalities.municipality(session, town.municipality.id)


def test_all_of_it_is_changed_at_once(open_app: Opener, town: worlds.Town):
    sport, culture = town.municipality.categories
    app = open_app(PAGE, town.organiser, "en")

    app.text_input(key=f"places-category-name-{sport.id}").set_value("Игри")
    app.selectbox(key=f"places-category-icon-{sport.id}").set_value("mobility")
    app.toggle(key=f"places-category-offered-{culture.id}").set_value(False)
    app.text_area(key="places-category-new").set_value("Пчели / Bees\n\n Вода ")
    app = press(app.run(), "Save the topics")

    assert "Saved. New ideas are offered what is on this page." in html(app)
    assert [(one.code, one.names.words, one.look, one.retired) for one in now(town).categories] == [
        ("sport", {"bg": "Игри", "en": "Sport"}, "mobility", False),
        ("culture", {"bg": "Култура", "en": "Culture"}, "culture", True),
        ("p01", {"bg": "Пчели", "en": "Bees"}, "p01", False),
        ("p02", {"bg": "Вода"}, "p02", False),
    ]
    assert app.text_area(key="places-category-new").value == ""

    app.toggle(key=f"places-category-offered-{culture.id}").set_value(True)
    press(app.run(), "Save the topics")
    assert [one.retired for one in now(town).categories] == [False] * 4


@pytest.mark.parametrize(
    ("language", "twice", "missing"),
    [
        ("en", "There is one of this name already, or one that looks the same. Choose another name.",
         "Please fill in this field."),
        ("bg", "Вече има с това име или с име, което изглежда по същия начин. Избери друго.", "Попълни това поле."),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field_and_nothing_is_saved(open_app, town, language, twice, missing):
    gara = town.municipality.areas[1]
    app = open_app(PAGE, town.organiser, language)

    app.text_input(key=f"places-area-name-{gara.id}").set_value(" ")
    app.text_input(key=f"places-area-name-{gara.id}@en").set_value("centre")
    app.text_area(key="places-area-new").set_value("Ряхово\nЦЕНТЪР\n<b onload=x>")
    app = press(app.run(), {"en": "Save the areas", "bg": "Запази населените места"}[language])

    said = html(app)
    assert missing in said and said.count(twice) == 2
    assert {"en": "“ЦЕНТЪР”: ", "bg": "„ЦЕНТЪР“: "}[language] in said
    assert now(town).areas == town.municipality.areas
    assert app.text_area(key="places-area-new").value == "Ряхово\nЦЕНТЪР\n<b onload=x>"


def test_a_town_without_topics_takes_the_ready_ones(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        for one in session.exec(municipalities.select(municipalities.tables.Category)).all():
            session.delete(one)

    press(open_app(PAGE, town.organiser, "en"), "Take the ready topics")

    found = now(town).categories
    assert [one.code for one in found] == list(municipalities.TOPICS)
    assert found[0].names == Texts(bg="Спорт и движение", en="Sport and movement")


def test_what_somebody_else_changed_meanwhile_stays(open_app: Opener, town: worlds.Town):
    center, gara = town.municipality.areas
    app = open_app(PAGE, town.organiser, "en")
    with store.transaction() as session:
        wanted = [Wanted(Texts(bg="Сърцето", en="Heart"), center.id)]
        places.arrange(session, town.second_organiser, "area", wanted, at=town.at)

    app.text_input(key=f"places-area-name-{gara.id}").set_value("Гарата")
    press(app.run(), "Save the areas")

    assert [one.names.exactly("bg") for one in now(town).areas] == ["Сърцето", "Гарата"]


def test_pressing_without_a_change_says_so(open_app: Opener, town: worlds.Town):
    app = press(open_app(PAGE, town.organiser, "en"), "Save the areas")

    assert "Nothing was changed." in html(app)


def test_a_row_says_its_languages_once_and_shows_its_icon(open_app: Opener, town: worlds.Town):
    app = open_app(PAGE, town.organiser, "en")

    assert [one.label for one in app.text_input][:2] == ["1. Name in Bulgarian", "1. Name in English"]
    assert "g-c-sport" in html(app) and "g-c-culture" in html(app)


def test_an_idea_and_an_account_are_not_asked_for_what_the_town_does_not_have(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        worlds.round_in(session, town.municipality.id, Phase.ideas, town.at, slug="c", projects=False)
        for kind in ("area", "category"):
            known = places.known(town.municipality, kind)
            retired = [Wanted(one.names, one.id, retired=True) for one in known]
            places.arrange(session, town.organiser, kind, retired, at=town.at)
    app = open_app("ideas/propose_page.py", town.neighbour, "en", round="c")
    for name in ("title", "problem", "solution"):
        app.text_input(key="propose-title").set_value("Benches") if name == "title" else app.text_area(
            key=f"propose-{name}"
        ).set_value("There is no place to sit in the park.")

    app = press(press(app.run(), "On to place and cost"), "On to the preview")

    assert not app.selectbox and press(app, "Send the idea") and "Your idea has been sent" in html(app)
    assert not open_app("people/join_page.py", None, "en").selectbox


@pytest.mark.parametrize(
    ("language", "save", "said"),
    [
        ("bg", "Запази населените места",
         "Това име стои в „Бюджет 2026“, където се гласува или е гласувано. Може да се смени, след като резултатът "
         "бъде публикуван или изданието бъде обявено за недействително. Дотогава можеш само да спреш да го предлагаш."),
        ("en", "Save the areas",
         "This name stands in “Budget 2026”, in which people vote or have voted. It can be changed once the result is "
         "published or the round is declared void. Until then you can only stop offering it."),
    ],
)  # fmt: skip
def test_a_name_under_which_people_vote_is_refused_at_its_field(open_app, town, language, save, said):
    gara = town.municipality.areas[1]
    boxes.change("UPDATE project SET area_id = :area WHERE round_id = :id", area=gara.id, id=town.round.id)
    titles = Texts(bg="Бюджет 2026", en="Budget 2026")
    with store.transaction() as session:
        session.get_one(municipalities.tables.Round, town.round.id).titles = titles.words
    app = open_app(PAGE, town.organiser, language)

    app.text_input(key=f"places-area-name-{gara.id}").set_value("Гарата")
    app.text_area(key="places-area-new").set_value("Ряхово")
    app = press(app.run(), save)

    assert html(app).count(said) == 1
    assert now(town).areas == town.municipality.areas
    assert app.text_input(key=f"places-area-name-{gara.id}").value == "Гарата"
