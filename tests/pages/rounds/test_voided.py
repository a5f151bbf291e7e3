"""A void round is told as one on every page: since when, why, that nothing is counted; never as if it had been held."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core import clock
from core.phases import Phase
from core.rounds import Round, publishing
from core.store import transaction
from db import tables
from pages.parts import dates, i18n
from pages.rounds import stages
from tests.helpers import boxes, worlds
from tests.pages.conftest import Opener, html

REASON = "Списъкът беше сгрешен"
SINCE = {"bg": "Недействително от {day}", "en": "Void since {day}."}
SAID = {
    "bg": "Нищо от него не се брои. Публична причина: Списъкът беше сгрешен",
    "en": "Nothing of it is counted. Public reason: Списъкът беше сгрешен",
}
# What would be said of a round that was held.
NEVER = {
    "bg": ("Избрани проекти", "приключи на", "В бюлетината", "сега", "готово", "Чака проверка", "има подадена бюлетина",
           "Можеш да промениш", "идея чака", "Какво липсва?"),
    "en": ("Chosen projects", "ended on", "On the ballot", "now", "finished", "Waiting for the review",
           "the first ballot is in", "You can change your ballot", "idea waits", "What is missing?"),
}  # fmt: skip
PUBLIC = ("front/home_page.py", "ideas/ideas_page.py", "ideas/idea_page.py", "ideas/projects_page.py",
          "results/results_page.py", "front/rules_page.py")  # fmt: skip
STAFF = ("studio/studio_page.py", "ideas/ballot_list_page.py", "codes/codes_page.py", "codes/desk_page.py",
         "results/count_page.py", "closing/closing_page.py", "council/brief_page.py")  # fmt: skip


def void(town: worlds.Town, phase: Phase, **changes: Any) -> Round:
    """Let two organisers declare a round void in a phase; an idea waits in it, another one is on its list."""
    with transaction() as session:
        made = worlds.round_in(session, town.municipality.id, phase, clock.now(), slug="void", **changes)
        texts = {part: {"bg": "Нещо", "en": "Something"} for part in ("title", "problem", "solution")}
        for status in ("waiting", "accepted"):
            row = tables.Idea(
                language="bg", round_id=made.id, author_id=town.resident.person_id, status=status, cost=1_000_00,
                created_at=town.at, updated_at=town.at, submitted_at=town.at, **texts,
            )  # fmt: skip
            session.add(row)
            session.flush()
        boxes.run(session, "UPDATE project SET idea_id = :idea WHERE round_id = :id AND code = 'p01'", idea=row.id,
                  id=made.id)  # fmt: skip
    for actor in (town.organiser, town.second_organiser):
        with transaction() as session:
            consent = boxes.consent(session, actor, made.id, boxes.Action.void_round)
            publishing.void_round(session, actor, made.id, at=clock.now(), reason=REASON, consent=consent)
    return boxes.fresh(made.id)


def told(app: AppTest) -> str:
    assert not app.exception
    text = unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", html(app), flags=re.DOTALL)))
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


@pytest.mark.parametrize("language", ["bg", "en"])
def test_every_page_says_that_a_round_is_void(town: worlds.Town, open_app: Opener, language: str):
    round_ = void(town, Phase.ideas)
    with i18n.speaking(language):
        day = dates.day(round_.voided_at, zone=round_.timezone, year=True).replace("\u00a0", " ")
    (idea,) = boxes.rows("SELECT id FROM idea WHERE status = 'accepted'")
    for script in (*PUBLIC, *STAFF):
        who = town.organiser if script in STAFF else None
        page = told(open_app(script, who, language, round="void", id=str(idea.id)))
        assert SINCE[language].format(day=day) in page and SAID[language] in page, script
        # The list of the other rounds says it of a round that goes on.
        about = page.partition("Others" if language == "en" else "Други издания")[0]
        wrong = [one for one in NEVER[language] if re.search(rf"\b{re.escape(one)}", about)]
        if script in STAFF:
            wrong = [one for one in wrong if one not in ("On the ballot", "В бюлетината")]  # the heading of the list
        assert wrong == [], script


@pytest.mark.parametrize("language", ["bg", "en"])
def test_a_void_round_has_nothing_to_review_or_to_propose(town: worlds.Town, open_app: Opener, language: str):
    void(town, Phase.ideas)
    nothing = {"bg": "Нищо не те чака", "en": "Nothing waits for you"}[language]
    assert nothing in told(open_app("ideas/review_page.py", town.reviewer, language))

    assert SAID[language] in told(open_app("ideas/propose_page.py", town.neighbour, language, round="void"))
    own = {"bg": "Изданието е недействително", "en": "The round is void"}[language]
    assert own in told(open_app("people/account_page.py", town.resident, language))


@pytest.mark.parametrize("language", ["bg", "en"])
def test_a_voter_reads_that_her_vote_is_not_counted(town: worlds.Town, open_app: Opener, language: str):
    boxes.cast(town, town.resident, ["p01"])
    for actor in (town.organiser, town.second_organiser):
        with transaction() as session:
            consent = boxes.consent(session, actor, town.round.id, boxes.Action.void_round)
            publishing.void_round(session, actor, town.round.id, at=clock.now(), reason=REASON, consent=consent)
    line = {
        "bg": "Младежки бюджет: изданието е недействително, гласът ти не се брои.",
        "en": "Youth budget: the round is void, your vote is not counted.",
    }[language]
    assert line in told(open_app("people/account_page.py", town.resident, language))
    assert SAID[language] in told(open_app("voting/vote_page.py", town.resident, language, round="2026"))
    assert SAID[language] in told(open_app("trust/board_page.py", None, language))


@pytest.mark.parametrize(
    ("phase", "states"),
    [
        (Phase.preparation, ["next", "next", "next", "next", "next"]),
        (Phase.ideas, ["next", "next", "next", "next", "next"]),
        (Phase.review, ["done", "next", "next", "next", "next"]),
        (Phase.voting, ["done", "done", "next", "next", "next"]),
        (Phase.counting, ["done", "done", "done", "next", "next"]),
    ],
)
def test_the_stages_tell_how_far_a_void_round_came(town: worlds.Town, phase: Phase, states: list[str]):
    round_ = void(town, phase)
    assert round_.voided_in is phase and town.round.voided_in is None
    with i18n.speaking("en"):
        shown = stages.stages(round_, at=clock.now())
        assert stages.title(round_, shown) == "How far this round came"
    assert [one.state for one in shown] == states
    # Where it stopped stands since when it is void; what never was has no dates.
    stopped = [bool(re.match(r"Void since ", one.when)) for one in shown]
    assert stopped == [each == states.index("next") and phase is not Phase.preparation for each in range(5)]
    assert all(not one.when for one in shown[states.index("next") + 1 :])
