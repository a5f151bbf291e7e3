"""What is said of an idea of which something is hidden: which part, and for whose eyes the reviewer's reason is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import ideas, moderation
from core.ideas import Idea, IdeaStatus
from core.ideas._finding import Review
from core.permissions import Role
from core.store import reading, transaction
from core.texts import Texts
from db import tables
from pages.ideas import cards
from pages.parts import i18n
from tests.helpers import worlds
from tests.pages.conftest import Opener, html

WHY = "Обидно за човек от селото."


@pytest.fixture
def number(town: worlds.Town) -> int:
    home = town.municipality
    with transaction() as session:
        idea = tables.Idea(
            language="bg", round_id=town.round.id, author_id=town.resident.person_id, title={"bg": "Чешми в парка"},
            cost=1_000_00, problem={"bg": "Сухо е."}, solution={"bg": "Три чешми."}, area_id=home.areas[0].id,
            category_id=home.categories[0].id, status="accepted", place="Паркът",
            created_at=town.at, updated_at=town.at, submitted_at=town.at,
        )  # fmt: skip
        session.add(idea)
        session.flush()
        return tables.id_of(idea)


def seen(town: worlds.Town, number: int) -> Idea:
    with reading() as session:
        return ideas.idea(session, town.resident, number)


def notes(idea: Idea) -> list[str]:
    found = []
    for language in ("en", "bg"):
        with i18n.speaking(language):
            found.append(cards.hidden_note(idea))
    return found


def test_a_hidden_name_is_not_told_as_a_hidden_idea(town: worlds.Town, number: int):
    with transaction() as session:
        moderation.hide_name(session, town.organiser, "resident", reason=WHY, at=town.at)
    idea = seen(town, number)

    assert notes(idea) == [
        f"Hidden from everyone but staff and the author: name. Public reason: {WHY}",
        f"Скрито от всички освен от екипа и автора: име. Публична причина: {WHY}",
    ]
    with i18n.speaking("bg"):
        assert cards.of_ideas([idea], town.municipality)[0].mark == "Скрито отчасти"


def test_each_part_is_named_and_the_whole_is_told_as_such(town: worlds.Town, number: int):
    with transaction() as session:
        moderation.hide_idea(session, town.organiser, number, "place", reason=WHY, at=town.at)
    assert notes(seen(town, number))[1].startswith("Скрито от всички освен от екипа и автора: място. ")

    with transaction() as session:
        moderation.hide_idea(session, town.organiser, number, "all", reason="Не е идея, а обида.", at=town.at)
    assert "освен от екипа и автора: цялата идея. Публична причина: Не е идея, а обида." in notes(seen(town, number))[1]
    with i18n.speaking("en"):
        assert cards.of_ideas([seen(town, number)], town.municipality)[0].mark == "Hidden"


def test_the_reason_of_what_is_not_shown_is_told_as_one_that_is_not_public(town: worlds.Town, number: int):
    review = Review("not_shown", None, Texts(bg="Обижда съсед."), town.at, Role.reviewer)
    idea = replace(seen(town, number), status=IdeaStatus.not_shown, review=review)

    with i18n.speaking("bg"):
        assert cards.reason(idea) == "Само екипът и авторът четат тази причина: Обижда съсед."
        assert cards.reason(replace(idea, status=IdeaStatus.rejected)) == "Обижда съсед."
    with i18n.speaking("en"):
        assert cards.reason(idea) == "Only the author and staff read this reason: Обижда съсед."


@pytest.mark.parametrize("language", ["en", "bg"])
def test_who_moderates_reads_what_is_hidden_in_every_language(open_app: Opener, town: worlds.Town, language: str):
    with transaction() as session:
        moderation.hide_project(session, town.organiser, town.round.id, "p01", "title", reason=WHY, at=town.at)

    found = html(open_app("moderation/moderation_page.py", town.organiser, language, round=town.round.slug))

    assert "Проект p01" in found and "Project p01" in found


def test_a_reason_in_brackets_has_no_full_stop():
    texts = Texts.hidden_for(Texts(bg=WHY, en="This insults somebody."), "p03")
    with i18n.speaking("bg"):
        assert i18n.told(texts) == "p03 (скрито: Обидно за човек от селото)"
    with i18n.speaking("en"):
        assert i18n.told(texts) == "p03 (hidden: This insults somebody)"
