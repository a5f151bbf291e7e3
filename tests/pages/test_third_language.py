"""A third language is a folder in the locale and a word in the town's list; no code knows of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import ideas, municipalities, rounds, store
from core.errors import Invalid
from core.ideas import reviews
from core.phases import Phase
from core.texts import Texts
from pages.parts import cookies, i18n, visit
from pages.server import guard, language_route
from tests.helpers import worlds
from tests.pages.conftest import Opener, html

LANGUAGES = ("bg", "en", "tr")
PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Ideas"
msgstr "Fikirler"

msgid "{what} in {language}"
msgstr "{what} ({language})"

msgid "{number}%"
msgstr "%{number}"
"""
TITLE, TEXT = "Parkta banklar", "Beklerken oturacak yer yok, on bank koyalım."


@pytest.fixture(autouse=True)
def turkish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, town: worlds.Town) -> Iterator[None]:
    """Add a folder of Turkish texts, and Turkish to the languages of the town."""
    (tmp_path / "locale" / "tr").mkdir(parents=True)
    (tmp_path / "locale" / "tr" / "glas.po").write_text(PO, encoding="utf-8")
    (tmp_path / "locale" / "bg").symlink_to(i18n.FOLDER / "bg")
    monkeypatch.setattr(i18n, "FOLDER", tmp_path / "locale")
    i18n.known.cache_clear()
    i18n.catalogue.cache_clear()
    speak(town, LANGUAGES)
    yield
    monkeypatch.undo()
    i18n.known.cache_clear()
    i18n.catalogue.cache_clear()
    i18n.offer(("bg", "en"))


def speak(town: worlds.Town, languages: tuple[str, ...]) -> None:
    """Let the town have these languages, and pages know it."""
    at = town.municipality
    with store.transaction() as session:
        municipalities.edit(
            session, town.operator, at.id, names=at.names | {"tr": "Selo Belediyesi"}, imprint=at.imprint,
            contact_email=at.contact_email, languages=languages, at=town.at,
        )  # fmt: skip
    visit.forget_town()
    with store.reading() as session:
        visit.town_of(session)


@pytest.fixture
def collecting(town: worlds.Town) -> rounds.Round:
    """Give a round that collects ideas."""
    with store.transaction() as session:
        return worlds.round_in(session, town.municipality.id, Phase.ideas, town.at, slug="ideas")


def test_it_is_known_by_its_folder_and_offered_by_the_town(town: worlds.Town):
    assert i18n.known() == i18n.languages() == LANGUAGES
    assert (i18n.own_name("tr"), i18n.own_sign("tr"), i18n.with_country("tr")) == ("Türkçe", "TR", "tr_TR")
    speak(town, ("bg", "en"))
    assert (i18n.known(), i18n.languages()) == (LANGUAGES, ("bg", "en"))


def test_its_texts_are_shown_and_missing_ones_stand_in_english():
    with i18n.speaking("tr"):
        assert (i18n._("Ideas"), i18n._("Results")) == ("Fikirler", "Results")
        assert (i18n.name_of("tr"), i18n.name_of("xx")) == ("Türkçe", "xx")


def test_a_request_speaks_it():
    assert cookies.language({}, "tr-TR,tr;q=0.9,en;q=0.5") == "tr"
    client = TestClient(guard.Language(Starlette(routes=list(language_route.ROUTES))), base_url="http://127.0.0.1:8501")
    headers = {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8501"}
    assert "lang=tr;" in client.post("/lang/tr", headers=headers).headers["set-cookie"]
    assert client.post("/lang/ro", headers=headers).status_code == 404


def test_an_idea_is_written_in_it_and_shown_in_it(open_app: Opener, town: worlds.Town, collecting: rounds.Round):
    app = open_app("ideas/propose_page.py", town.resident, "tr", round="ideas")
    app.text_input(key="propose-title").set_value(TITLE).run()
    with store.reading() as session:
        kept = ideas.draft(session, town.resident, collecting.id)

    assert kept is not None and (kept.language, kept.title) == ("tr", Texts(tr=TITLE))

    place = {"area_id": town.municipality.areas[0].id, "category_id": town.municipality.categories[0].id}
    with store.transaction() as session:
        ideas.save_draft(session, town.resident, collecting.id, at=town.at, problem=TEXT, solution=TEXT, **place)
        made = ideas.submit(session, town.resident, collecting.id, town.at)
        reviews.decide(session, town.reviewer, made.id, "rejected", cost=None, reason="Yer özel mülktür.", at=town.at)
    for speaks in LANGUAGES:
        shown = html(open_app("ideas/idea_page.py", None, speaks, id=str(made.id)))
        assert TITLE in shown and TEXT in shown and "Yer özel mülktür." in shown
    assert html(open_app("ideas/idea_page.py", None, "bg", id=str(made.id))).count('lang="tr"') == 3


def test_an_idea_is_in_a_language_of_the_town(town: worlds.Town, collecting: rounds.Round):
    with pytest.raises(Invalid) as refused, store.transaction() as session:
        ideas.save_draft(session, town.resident, collecting.id, at=town.at, language="ro", title="Bănci")

    assert (refused.value.field, refused.value.problem) == ("language", "choice")


def test_forms_ask_for_it(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        made = rounds.create(session, town.organiser, worlds.draft(town.at), at=town.at)
    app = open_app("studio/studio_page.py", town.organiser, "en", round=made.slug)
    field = next(one for one in app.text_input if one.label == "Title in Turkish")
    field.set_value("Gençlik bütçesi").run()

    with store.reading() as session:
        kept = rounds.get(session, town.organiser, made.id)
    assert kept.titles == Texts(bg="Младежки бюджет", en="Youth budget", tr="Gençlik bütçesi")


def test_a_language_given_up_keeps_its_texts(open_app: Opener, town: worlds.Town):
    titles = Texts(bg="Младежки бюджет", en="Youth budget", tr="Gençlik bütçesi")
    with store.transaction() as session:
        made = rounds.create(session, town.organiser, worlds.draft(town.at, titles=titles), at=town.at)
    speak(town, ("bg", "en"))
    app = open_app("studio/studio_page.py", town.organiser, "en", round=made.slug)
    next(one for one in app.text_input if one.label == "Title in English").set_value("Budget").run()

    with store.reading() as session:
        assert rounds.get(session, town.organiser, made.id).titles == titles | {"en": "Budget"}
