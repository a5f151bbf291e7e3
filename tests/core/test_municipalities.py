"""Municipalities: the town of this server, and the home of imported elections beside it."""

from dataclasses import replace

import pytest

from core import municipalities, store
from core.errors import Invalid, NotAllowed, NotFound
from core.permissions import OPERATOR, Role
from core.texts import Texts
from pages.studio import draft_form
from tests.helpers.worlds import Town


def test_a_text_stands_in_for_the_other_language():
    assert Texts(bg="Глас", en="Glas").in_("en") == "Glas"
    assert Texts(bg="Глас").in_("en") == "Глас"
    assert Texts(en="Glas").in_("bg") == "Glas"
    assert not Texts() and Texts().in_("bg") == ""


def test_the_language_of_the_town_stands_in_before_any_other():
    words = Texts(bg="Глас", en="Glas", tr="Ses")

    assert [words.in_("de", then) for then in ("bg", "tr", "ro")] == ["Глас", "Ses", "Глас"]
    assert [words.spoken(language, "en") for language in ("tr", "de")] == ["tr", "en"]
    assert words.exactly("de") == ""


def test_texts_are_equal_whatever_their_order_and_hold_nothing_empty():
    words = Texts({"en": "Glas", "bg": "Глас", "tr": ""})

    assert words == Texts(bg="Глас", en="Glas") and hash(words) == hash(Texts(bg="Глас", en="Glas"))
    assert words.words == {"bg": "Глас", "en": "Glas"}
    assert words | {"en": "", "tr": "Ses"} == Texts(bg="Глас", tr="Ses")
    assert Texts(bg=" Гл\x00ас ", en=" ").trimmed() == Texts(bg="Глас")


@pytest.mark.parametrize("languages", [(), ("bg", "bg"), ("български",), ("BG",)])
def test_a_list_of_languages_holds_each_once_by_its_code(town: Town, languages):
    at = town.municipality
    with pytest.raises(Invalid) as refusal, store.transaction() as session:
        municipalities.edit(
            session, town.operator, at.id, names=at.names, contact_email=at.contact_email, imprint=at.imprint,
            languages=languages, at=town.at,
        )  # fmt: skip

    assert (refusal.value.field, refusal.value.problem) == ("languages", "choice")


def test_an_empty_server_has_no_town(database: str):
    with store.reading() as session:
        assert municipalities.the_town(session) is None


def test_the_town_is_never_the_home_of_imported_elections(database: str, at):
    with store.transaction() as session:
        home = municipalities.imported_elections(session, Texts(bg="Внесени избори", en="Imported elections"), at=at)
        assert home.names == Texts(bg="Внесени избори", en="Imported elections") and home.read_only
        assert municipalities.imported_elections(session, Texts(bg="Други"), at=at) == home
        assert municipalities.the_town(session) is None


def test_a_real_town_comes_before_a_demo(database: str, at):
    with store.transaction() as session:
        for slug, demo in (("demo", True), ("real", False)):
            municipalities.create(
                session, OPERATOR, slug=slug, names=Texts(bg=slug), contact_email="a@b.bg", at=at, demo=demo
            )

        assert municipalities.the_town(session).slug == "real"


def test_a_town_has_its_areas_and_categories_in_order(town: Town):
    assert [area.code for area in town.municipality.areas] == ["center", "gara"]
    assert town.municipality.area(town.municipality.areas[1].id).names.in_("en") == "Station"
    assert [category.code for category in town.municipality.categories] == ["sport", "culture"]
    assert town.municipality.category(None) is None


def test_an_address_belongs_to_one_town(town: Town):
    with pytest.raises(Invalid), store.transaction() as session:
        municipalities.create(session, OPERATOR, slug="selo", names=Texts(bg="x"), contact_email="a@b.bg", at=town.at)


def test_what_a_town_says_about_itself_can_be_changed(town: Town):
    with store.transaction() as session:
        changed = municipalities.edit(
            session, town.operator, town.municipality.id, names=Texts(bg="Ново село"), contact_email="b@b.bg",
            imprint=Texts(bg="пл. 2"), at=town.at,
        )  # fmt: skip
        assert municipalities.municipality(session, town.municipality.id) == changed
        with pytest.raises(NotFound):
            municipalities.municipality(session, 99)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.operator])
def test_only_the_operator_makes_a_town(town: Town, role: Role):
    with pytest.raises(NotAllowed), store.transaction() as session:
        municipalities.create(session, town.of(role), slug="x", names=Texts(bg="x"), contact_email="a@b.bg", at=town.at)


def test_the_country_of_a_town_is_that_of_its_time_zone(town: Town):
    there = [replace(town.municipality, timezone=zone).country for zone in ("Europe/Sofia", "Europe/Vienna", "UTC")]
    assert there == ["Bulgaria", "Austria", ""]
    assert {*draft_form.ZONES} == {*municipalities.COUNTRIES, "UTC"}


def test_a_language_is_one_of_the_towns(town: Town):
    with store.reading() as session:
        assert municipalities.check_language(session, town.municipality.id, "bg") == "bg"
        for language in ("de", "", "BG"):
            with pytest.raises(Invalid) as refusal:
                municipalities.check_language(session, town.municipality.id, language)
            assert (refusal.value.field, refusal.value.problem) == ("language", "choice")
        with pytest.raises(NotFound):
            municipalities.check_language(session, 99, "bg")
