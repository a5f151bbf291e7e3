"""The ballots of a published result as a .pb file, and what the results page shows below the list."""

from __future__ import annotations

import json

import pytest
from sqlmodel import select

from core import results, store
from core.ballots.types import BallotRules
from core.counting import pabulib
from core.counting.rules import allocate
from core.errors import GlasError
from core.phases import Phase
from core.results import bundles, insights
from db import tables
from pages.open_data import ballots_route
from pages.open_data.bundles_route import readme
from pages.parts import i18n
from pages.server import lanes
from pages.server.static import File
from tests.helpers import aside, boxes, voted, worlds
from tests.pages.conftest import Opener, html
from tests.pages.front.test_public_pages import counted


@pytest.fixture(autouse=True)
def fresh():
    insights.forget()
    lanes.forget()
    yield
    insights.forget()


def published(slug: str) -> File:
    return aside.run(ballots_route.published(slug))


def text(slug: str) -> str:
    return published(slug).body.decode()


def test_the_file_counts_to_the_same_result(town: worlds.Town):
    slug = counted(town, ["p05"], ["p05", "p04"], ["p05"], ["p03"])

    file = pabulib.read(text(slug).encode())

    assert file.profile.ballots == 4 and file.meta["rule"] == "greedy" and file.meta["currency"] == "EUR"
    rule, settings = file.declared
    again = allocate(rule, file.instance, file.profile, **settings)
    assert {one.id for one in again.funded} == {code for code, chosen in file.selected.items() if chosen}


def test_the_file_says_nothing_about_voters(town: worlds.Town):
    slug = counted(town, ["p05"], ["p04"], ["p03"])

    votes = text(slug).split("VOTES\n")[1].splitlines()

    assert votes[0] == "voter_id;vote"
    assert [line.split(";")[0] for line in votes[1:]] == ["1", "2", "3"]
    assert not any(word in text(slug).casefold() for word in ("\nage;", ";age", "receipt", "resident"))


@pytest.mark.parametrize(
    ("rule", "settings"),
    [("greedy", {}), ("equalshares", {}), ("greedy-threshold", {"threshold": 2}), ("phragmen", {})],
)
def test_it_declares_the_same_count_as_the_bundle(town: worlds.Town, rule: str, settings: dict[str, object]):
    with store.transaction() as session:
        row = session.get_one(tables.Round, town.round.id)
        row.rule, row.rule_settings = rule, settings
    voted.vote(town, voted.voters(town, 6))
    voted.close(town)

    with store.reading() as session:
        files = bundles.public_bundle(session, town.guest, town.round.slug, readme())
        result = results.result(session, town.guest, town.round.id)
    here, there = pabulib.read(text(town.round.slug)), pabulib.read(files["election.pb"])
    told = json.loads(files["rules.json"])

    # One file has one name: whoever loads it from the one place and from the other has the same.
    assert text(town.round.slug).encode() == files["election.pb"]
    assert here.declared == there.declared == (told["rule"], told["settings"]) == (result.rule, result.settings)


@pytest.mark.parametrize(
    ("ballot", "rule", "settings", "limits"),
    [
        (BallotRules("approval", 1, 3), "greedy", {}, {"min_length": "1", "max_length": "3"}),
        (BallotRules("knapsack"), "greedy", {}, {"max_sum_cost": "9000"}),
        (BallotRules("ranking", 1, 5), "greedy-borda", {"places": 5}, {"min_length": "1", "max_length": "5"}),
    ],
)
def test_it_says_where_it_was_and_what_a_ballot_may_hold(town: worlds.Town, ballot, rule, settings, limits):
    boxes.change("UPDATE municipality SET timezone = 'Europe/Warsaw'")
    with store.transaction() as session:
        row = session.get_one(tables.Round, town.round.id)
        row.rule, row.rule_settings, row.ballot_type = rule, settings, ballot.type
        row.min_choices, row.max_choices = ballot.min_choices, ballot.max_choices
    voted.vote(town, voted.voters(town, 6))
    voted.close(town)

    file = pabulib.read(text(town.round.slug))

    assert (file.meta["country"], file.meta["unit"], file.meta["language"]) == ("Poland", "Selo Municipality", "bg")
    keys = ("min_length", "max_length", "max_sum_cost")
    assert {key: file.meta[key] for key in keys if key in file.meta} == limits and not file.notes
    with store.reading() as session:
        assert (
            bundles.public_bundle(session, town.guest, town.round.slug, readme())["election.pb"]
            == text(town.round.slug).encode()
        )


def test_it_is_written_once_and_always_the_same(town: worlds.Town):
    slug = counted(town, ["p05"], ["p04"], ["p03"], ["p05", "p01"])

    first = published(slug)

    assert published(slug) is first
    lanes.forget()
    assert published(slug).etag == first.etag


def test_only_published_results_have_a_file(town: worlds.Town):
    with store.transaction() as session:
        worlds.round_in(session, town.municipality.id, Phase.counting, town.at, slug="counting")
    for slug in ("counting", town.round.slug, "none"):
        with pytest.raises(GlasError):
            published(slug)


def test_a_void_round_has_no_file(town: worlds.Town):
    slug = counted(town, ["p05"])
    with store.transaction() as session:
        session.exec(select(tables.Round).where(tables.Round.slug == slug)).one().voided_at = town.at
    with pytest.raises(GlasError):
        published(slug)


def test_the_answer_is_a_download_that_browsers_keep(town: worlds.Town):
    from starlette.requests import Request

    slug = counted(town, ["p05"], ["p04"])

    def ask(slug: str, *headers: tuple[bytes, bytes]):
        scope = {"type": "http", "method": "GET", "headers": list(headers), "path_params": {"slug": slug}}
        return aside.run(ballots_route.election_pb(Request(scope)))

    first = ask(slug)
    assert first.status_code == 200 and f'filename="{slug}.pb"' in first.headers["content-disposition"]
    assert ask(slug, (b"if-none-match", first.headers["etag"].encode())).status_code == 304
    assert ask("none").status_code == 404


def test_pabulibs_checker_accepts_it(town: worlds.Town):
    checker = pytest.importorskip("pabulib.checker", reason="pabulib-checker is not installed")
    slug = counted(town, ["p05", "p04", "p01"], ["p05", "p04", "p02"], ["p05", "p03"])

    found = checker.Checker().process_files([text(slug)])

    assert found["metadata"]["invalid"] == 0, found


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("bg", ("от гласувалите подкрепиха поне един", "Какво би станало с друго правило?", "Това правило важи")),
        ("en", ("of voters supported at least one", "What would another rule have given?", "This rule applies")),
    ],
)
def test_the_page_looks_closer(open_app: Opener, town: worlds.Town, language: str, sentences: tuple[str, ...]):
    slug = counted(town, *[["p05"], ["p05", "p04"], ["p03"]] * 4)
    i18n.use(language)
    app = open_app("results/results_page.py", round=slug, language=language)
    for job in insights._kept.values():
        job.thread.join(20)

    shown = html(app.run()).replace("\u00a0", " ")

    assert [sentence for sentence in sentences if sentence not in shown] == []
    assert f"/open/{slug}/election.pb" in shown
    assert ("повече или по-малко: в" if language == "bg" else "more or fewer, drawn at random") in shown
