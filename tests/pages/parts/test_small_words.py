"""Small words in both languages: dates are named, steps have one form, headings differ, what is empty says so."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from core import moderation
from core.errors import GlasError, Invalid, VotingClosed
from core.phases import Phase
from core.store import transaction
from core.texts import Texts
from db import tables
from pages.parts import i18n, names, refusals
from tests.helpers import boxes, worlds
from tests.pages.conftest import Opener, html

STEPS = ("close", "randomness", "opening", "turnout", "count", "publish", "objection", "anonymise")


def told(app: AppTest) -> str:
    assert not app.exception
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html(app))))


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("bg", "„Гласуване до“: след публикуването дата може да се мести само напред, след "),
        ("en", "“Voting until”: after publication a date can only be moved to a later one, and later than "),
    ],
)
def test_a_date_that_may_only_move_to_a_later_one_is_named(language: str, sentence: str):
    with i18n.speaking(language):
        said = refusals.sentence(Invalid("voting_until", "only_later", than=datetime(2026, 11, 29, 18, tzinfo=UTC)))
    assert said.startswith(sentence) and "2026" in said and "29" in said


@pytest.mark.parametrize(
    ("refusal", "bulgarian", "english"),
    [
        (
            VotingClosed(closed_at=datetime(2026, 11, 29, 18, tzinfo=UTC)),
            "Гласуването приключи на 29 ноември, 20:00 ч. Бюлетина, приета преди това, се брои.",
            "Voting closed on 29 November, 20:00. A ballot that was accepted before counts.",
        ),
        (
            GlasError(),
            "Сега това не може да се направи и нищо не е променено. Презареди страницата или пиши на общината: "
            "адресът ѝ е най-долу на всяка страница.",
            "This cannot be done now, and nothing was changed. Reload the page, or write to the municipality: its "
            "address is at the foot of every page.",
        ),
        (
            Invalid("currency", "format"),
            "Не разпознаваме това. Пример: EUR.",
            "We do not recognise this. Example: EUR.",
        ),
        (
            Invalid("nickname", "format"),
            "Не разпознаваме това. Пример: Мария.",
            "We do not recognise this. Example: Maria.",
        ),
        (
            Invalid("contact_email", "format"),
            "Това не прилича на имейл. Пример: ime@example.com",
            "That doesn't look like an e-mail. Example: name@example.com",
        ),
        (
            Invalid("randomness", "differs", places=(3, 7)),
            "Цифри номер 3, 7 не са тези, които въведе първият човек. Сравнете ги с видяното от всички.",
            "Figures number 3, 7 are not those that the first person typed in. Compare both with what everyone has "
            "seen.",
        ),
        (
            Invalid("randomness", "differs", places=(1, 2, 3, 4)),
            "Това не е каквото въведе първият човек. Сравнете го с видяното от всички, цифра по цифра.",
            "This is not what the first person typed in. Compare both with what everyone has seen, figure by figure.",
        ),
        (
            Invalid("points", "range", least=1, most=9),
            "Не може толкова. Напиши от 1 до 9.",
            "It must be between 1 and 9.",
        ),
    ],
)
def test_a_refusal_says_what_can_be_done(refusal: GlasError, bulgarian: str, english: str):
    for language, sentence in (("bg", bulgarian), ("en", english)):
        with i18n.speaking(language):
            assert refusals.sentence(refusal).replace("\u00a0", " ") == sentence


def test_what_follows_a_reason_does_not_run_into_it():
    assert [i18n.ended(one) for one in ("обида", "обида.", "обида!", "…")] == ["обида.", "обида.", "обида!", "…"]


def test_every_step_of_the_closing_is_something_to_do():
    with i18n.speaking("bg"):
        first = [names.step(one).split()[0] for one in STEPS]
    assert first == [
        "Затвори", "Изтегли", "Отвори", "Изчисли", "Преброй", "Публикувай", "Изчакай", "Изтрий",
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "data", "file"), [("bg", "Данните ми", "Данните ми като файл"),
                                                       ("en", "My data", "My data as a file")])  # fmt: skip
def test_no_heading_stands_twice_on_a_profile(town: worlds.Town, open_app: Opener, language: str, data: str, file: str):
    page = html(open_app("people/account_page.py", town.resident, language))
    headings = [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<h2[^>]*>(.*?)</h2>", page, re.DOTALL)]
    assert {data, file} <= {*headings} and len(headings) == len({*headings})


def test_codes_are_made_above_and_stopped_below(town: worlds.Town, open_app: Opener):
    boxes.change("UPDATE round SET code_required = :yes", yes=True)
    with transaction() as session:
        session.add(tables.CodeBatch(
            round_id=town.round.id, label="Гимназия", size=12, made_by="p-x", created_at=town.at, released_at=town.at,
        ))  # fmt: skip
        session.flush()
        session.add(tables.Code(batch_id=1, round_id=town.round.id, digest=b"x" * 32))
    page = html(open_app("codes/codes_page.py", town.organiser, "bg", round="2026"))
    headings = re.findall(r'<h2 class="g-h3">(Направи група|Спри група)</h2>', page)
    assert headings == ["Направи група", "Спри група"]


@pytest.mark.parametrize(
    ("language", "empty", "none", "all_on"),
    [
        ("bg", "Още няма проекти. ", "Още няма изпълнима идея", "Всички изпълними идеи са в нея"),
        ("en", "No project yet. ", "No idea is feasible yet", "Every feasible idea is on it"),
    ],
)
def test_a_ballot_list_says_what_there_is(
    town: worlds.Town, open_app: Opener, language: str, empty: str, none: str, all_on: str
):
    with transaction() as session:
        made = worlds.round_in(session, town.municipality.id, Phase.review, town.at, slug="empty", projects=False)
    page = told(open_app("ideas/ballot_list_page.py", town.organiser, language, round="empty"))
    assert empty in page and none in page and "below" not in page and "по-долу" not in page

    with transaction() as session:
        row = tables.Idea(
            language="bg", round_id=made.id, author_id=town.resident.person_id, status="accepted", cost=1_000_00,
            created_at=town.at, updated_at=town.at, submitted_at=town.at, title={"bg": "Нещо", "en": "Something"},
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add(tables.Project(
            round_id=made.id, idea_id=row.id, code="p01", title={"bg": "Нещо"}, cost=1_000_00, position=0, lot=0,
        ))  # fmt: skip
    assert all_on in told(open_app("ideas/ballot_list_page.py", town.organiser, language, round="empty"))


def test_a_hidden_idea_has_the_sign_of_what_is_hidden(town: worlds.Town, open_app: Opener):
    with transaction() as session:
        row = tables.Idea(
            language="bg", round_id=town.round.id, author_id=town.resident.person_id, status="accepted", cost=1_000_00,
            created_at=town.at, updated_at=town.at, submitted_at=town.at, title={"bg": "Нещо"}, problem={"bg": "Нещо"},
        )  # fmt: skip
        session.add(row)
        session.flush()
        number = tables.id_of(row)
        reason = Texts(bg="Нарушава правилата.", en="It breaks the rules.")
        moderation.hide_idea(session, town.organiser, number, "all", reason=reason, at=town.at)
    page = told(open_app("ideas/idea_page.py", None, "bg", id=str(number)))
    assert "visibility_off Тази идея е скрита" in page


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("bg", "скрити имена и профили, изтрити по молба"), ("en", "hidden names and accounts deleted on request")],
)
def test_the_journal_says_what_stands_under_people_and_access(
    town: worlds.Town, open_app: Opener, language: str, sentence: str
):
    assert sentence in told(open_app("journal/journal_page.py", town.organiser, language, round="2026"))
