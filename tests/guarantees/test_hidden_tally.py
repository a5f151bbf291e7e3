"""Nothing that anyone can read depends on ballots that nobody may know of yet: no route, no value, no command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from core import clock, tally
from core.errors import GlasError
from core.permissions import Role
from core.results import _counting
from core.store import reading, transaction
from core.tally import _visibility
from core.trust import voted_on
from db import tables
from pages import terminal
from pages.codes.press import SLIPS
from pages.parts import i18n
from pages.plain import kept
from pages.routes import routes
from tests.helpers import boxes
from tests.helpers.two_worlds import STATES, K, Secret, differences, secret
from tests.house.test_access import READS, arguments, functions

QUERIES = ("?lang=en&round={slug}", "?start=0&end=10", "?from=5&to=10", "?size=10&commitment={commitment}")
OF_NO_ROUND = {"ideas.values"}
COMMANDS = (("count", "{slug}"), ("count", "--json", "{slug}"), ("rounds",), ("compare", "{slug}"))


def over_http(hidden: Secret) -> dict[Any, Any]:
    """Return what every route answers to everyone."""
    leaf = boxes.rows("SELECT commitment FROM leaf WHERE round_id = :id AND position = 0", id=hidden.round_.id)
    facts = {"slug": hidden.round_.slug, "size": 10, "ticket": "x", "language": "en", "batch": 1, "name": SLIPS}
    facts["commitment"] = leaf[0].commitment.hex()
    found = {}
    # What is told now, and not what was told of the other world.
    kept.forget()
    # One loop for all requests: without `with` each would start and end a thread of its own.
    with TestClient(Starlette(routes=routes()), base_url="http://127.0.0.1:8501") as client:
        for who in hidden.roles():
            client.cookies.clear()
            if token := hidden.token(who):
                client.cookies.set("glas", token)
            for address in addresses(who, facts):
                answer = client.get(address, headers={"sec-fetch-site": "same-origin"})
                found[who, address] = (answer.status_code, answer.headers.get("etag"), timeless(answer.text))
    return found


def addresses(who: Role, facts: dict[str, Any]) -> Iterator[str]:
    """Yield every address that can be read; those of the log only for guests, for the log asks nobody who she is."""
    for route in routes():
        if not isinstance(route, Route) or "GET" not in (route.methods or ()):
            continue
        log = route.path.startswith("/log/")
        for query in QUERIES if log and who is Role.guest else () if log else QUERIES[:1]:
            yield re.sub(r":\w+}", "}", route.path + query).format(**facts)


def timeless(text: str) -> str:
    """Leave out when an export was made and a sign-in was used."""
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.+]+", "", text)


def by_functions(hidden: Secret) -> dict[Any, Any]:
    """Return what every reading function of core returns to everyone, and what the tally and the turnout are."""
    found, round_ = {}, hidden.fresh()
    for who in hidden.roles():
        for name, function in sorted(functions().items()):
            if name in READS - OF_NO_ROUND:
                found[who, name] = value(function, hidden, hidden.town.of(who))
    with reading() as session:
        found["turnout"] = tally.turnout(session, round_.id)
        found["visible"] = tally.visible(round_, clock.now())
    return found


def value(function: Any, hidden: Secret, actor: Any) -> Any:
    round_ = hidden.fresh()
    with reading() as session:
        given = arguments(function, session, actor, replace(hidden.town, round=round_, at=clock.now()))
        given |= {"round_": round_, "slug": round_.slug, "readme": {}}
        given |= {"round_ids": [round_.id], "wanted": [round_]}
        names = function.__annotations__
        given = {name: each for name, each in given.items() if name in names and name != "at"}
        if "at" in names:
            given["at"] = hidden.town.at
        return outcome(lambda: function(**given))


def outcome(call: Any) -> Any:
    """Return what a call returns, to its last value; or which facts it refuses with."""
    try:
        found = call()
        return repr([*found] if isinstance(found, Iterator) else found)
    except GlasError as refusal:
        return type(refusal).__name__, str(refusal)


@pytest.fixture
def by_command(capsys, monkeypatch):
    monkeypatch.setenv("GLAS_LANG", "en")
    # As a command leaves it behind.
    i18n.use("en")

    def walk(hidden: Secret) -> dict[Any, Any]:
        found = {}
        for words in COMMANDS:
            code = terminal.main([word.format(slug=hidden.round_.slug) for word in words])
            found[words] = (code, capsys.readouterr())
        return found

    return walk


@pytest.fixture
def town(town):
    with transaction() as session:
        session.add(tables.Idea(
            language="bg", round_id=town.round.id, author_id=None, title={"bg": "t"}, problem={"bg": "p"},
            solution={"bg": "s"}, status="waiting",
            created_at=town.at, updated_at=town.at,
        ))  # fmt: skip
    return town


@pytest.fixture
def walk(by_command):
    return lambda hidden: lambda: over_http(hidden) | by_functions(hidden) | by_command(hidden)


@pytest.mark.parametrize(("shown", "state"), STATES)
def test_nothing_depends_on_ballots_that_nobody_may_know_of(town, monkeypatch, walk, shown, state):
    hidden = secret(town, shown, state, monkeypatch)
    assert len(hidden.voters) >= K
    assert differences(hidden, walk(hidden)) == []


def test_control_a_tally_that_keeps_nothing_back_is_found(town, monkeypatch, walk):
    hidden = secret(town, "live", "voting", monkeypatch, step=1)
    found = differences(hidden, walk(hidden))
    assert {name.split("?")[0] for _who, name in found} == {"tally.live", "/api/rounds/live/live", "/plain/en/results"}


def test_control_a_round_that_shows_what_it_hides_is_found(town, monkeypatch, walk):
    hidden = secret(town, "turnout", "opened", monkeypatch)
    monkeypatch.setattr(_visibility, "visible", lambda *_: True)
    assert (Role.guest, "tally.live") in differences(hidden, walk(hidden))


def test_control_a_result_that_is_read_before_it_is_published_is_found(town, monkeypatch, walk):
    hidden = secret(town, "sealed", "counted", monkeypatch)
    monkeypatch.setattr(_counting, "_may_see_early", lambda *_: True)
    assert (Role.guest, "results.result") in differences(hidden, walk(hidden))


def test_control_notes_of_the_ballots_that_everyone_has_at_once_are_found(town, monkeypatch, walk):
    hidden = secret(town, "turnout", "opened", monkeypatch)
    monkeypatch.setattr(voted_on, "public", voted_on.of)
    found = differences(hidden, walk(hidden))
    assert {name.split("?")[0] for _who, name in found} == {"/log/turnout/voted-on"}
