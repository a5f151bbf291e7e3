"""Importing: a file becomes a round once, the same file again is asked about, and a file is nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import rounds, store
from core.permissions import Actor
from pages.parts import uploads
from pages.server import upload_route
from tests.core.imports.test_elections import SMALL
from tests.helpers import worlds
from tests.helpers.odd_files import with_meta, zipped
from tests.pages.conftest import Opener, html

PAGE = "studio/import_page.py"


@pytest.fixture
def send(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Give a function that lets a file have arrived, to be handled by the next run."""
    arrived: list[uploads.Sent] = []
    monkeypatch.setattr(uploads, "choose_file", lambda *_, **__: arrived.pop() if arrived else None)

    def sent(who: Actor, content: bytes, name: str = "lodz.pb") -> Path:
        path = tmp_path / f"{name}-{len(list(tmp_path.iterdir()))}"
        path.write_bytes(content)
        arrived.append(uploads.Sent(upload_route.put_back(path, who), name))
        return path

    return sent


def imported(town: worlds.Town) -> list[str]:
    with store.reading() as session:
        return [one.slug for one in rounds.rounds(session, town.organiser, imported=True)]


def test_a_file_becomes_a_round_and_is_removed(open_app: Opener, town: worlds.Town, send):
    path = send(town.organiser, SMALL)

    app = open_app(PAGE, town.organiser)
    assert imported(town) == [] and "lodz.pb" in [one.value for one in app.text]
    app.button(key="import-go").click().run()

    assert not app.exception and "Внесено: " in html(app)
    assert len(imported(town)) == 1 and not path.exists()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("bg", "3 бюлетини посочват повече проекти от позволеното (max_length = 1)."),
        ("en", "3 ballots name more projects than allowed (max_length = 1)."),
    ],
)
def test_what_is_odd_in_the_file_is_told_once(open_app: Opener, town: worlds.Town, send, language: str, said: str):
    send(town.organiser, with_meta("max_length;1"))

    app = open_app(PAGE, town.organiser, language)
    app.button(key="import-go").click().run()

    assert not app.exception and said in html(app)
    assert said not in html(app.run())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("bg", "Това е архив zip. Разархивирай го и избери файла .pb в него. Нищо не е променено."),
        ("en", "This is a zip archive. Unpack it, then choose the .pb file that lies in it. Nothing was changed."),
    ],
)
def test_another_kind_of_file_is_named(open_app: Opener, town: worlds.Town, send, language: str, said: str):
    path = send(town.organiser, zipped("lodz.pb"))

    app = open_app(PAGE, town.organiser, language)
    app.button(key="import-go").click().run()

    assert not app.exception and said in html(app) and not path.exists() and imported(town) == []


def test_a_file_that_was_sent_can_be_removed_and_nothing_is_imported(open_app: Opener, town: worlds.Town, send):
    path = send(town.organiser, SMALL)
    app = open_app(PAGE, town.organiser)

    app.button(key="import-drop").click().run()

    assert not app.exception and imported(town) == [] and not path.exists()
    assert not [button for button in app.button if button.key == "import-go"]


def test_the_same_file_again_is_imported_when_it_is_wanted(open_app: Opener, town: worlds.Town, send):
    for _ in range(2):
        send(town.organiser, SMALL)
        app = open_app(PAGE, town.organiser)
        app.button(key="import-go").click().run()
    assert "Точно този файл вече е тук: виж списъка по-долу." in html(app) and len(imported(town)) == 1

    assert [button.label for button in app.button if button.key == "import-go"] == ["Внеси го все пак още веднъж"]
    app.button(key="import-go").click().run()

    assert not app.exception and "Внесено: " in html(app) and len(imported(town)) == 2
    assert not [button for button in app.button if button.key == "import-go"]


def test_a_file_that_is_none_is_refused_with_its_line(open_app: Opener, town: worlds.Town, send):
    path = send(town.organiser, SMALL.replace(b"b/1;500;", b"b/1;many;"))

    app = open_app(PAGE, town.organiser)
    app.button(key="import-go").click().run()

    assert "Ред 19 от файла, колона cost: това не е число (намерено: many). Нищо не е променено." in html(app)
    assert imported(town) == [] and not path.exists()


def test_what_another_person_sent_is_not_here(open_app: Opener, town: worlds.Town, send):
    path = send(town.second_organiser, SMALL)

    app = open_app(PAGE, town.organiser)
    app.button(key="import-go").click().run()

    assert "Файлът вече не е тук. Изпрати го отново." in html(app)
    assert imported(town) == [] and path.exists()
