"""Hidden words stand nowhere: on no page, in no file, feed, search or command, but for staff and their author."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from nacl.signing import SigningKey
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from core import clock, hidden, ideas, moderation
from core.audit import bundle
from core.audit.files import Given
from core.audit.recount import recount, verdict
from core.errors import GlasError
from core.ideas import projects
from core.people import sessions
from core.permissions import Actor
from core.results import bundles
from core.rounds import Round
from core.store import reading, transaction
from core.tally.loading import load_instance
from core.texts import Texts
from db import tables
from pages import menu, terminal
from pages.codes.press import SLIPS
from pages.council import protocol
from pages.open_data import files_route
from pages.parts import i18n
from pages.plain import kept
from pages.routes import routes
from tests.helpers import boxes, leaks
from tests.helpers.bundles import README
from tests.helpers.worlds import Town
from tests.house.test_access import READS, arguments, functions
from tests.pages.conftest import Opener, open_app, spoken

__all__ = ["open_app", "spoken"]

LANGUAGES = ("bg", "en")
# One word for each text of the idea, in both languages; of the project that came from no idea; a review; a name.
MARKS = {
    "title bg": "Заглавко", "title en": "Titlewort", "problem bg": "Проблемко", "problem en": "Problemwort",
    "solution bg": "Решенко", "solution en": "Solutionwort", "place": "Мястовско", "project bg": "Проектко",
    "project en": "Projectwort", "text": "Описанко", "review bg": "Мотивко", "review en": "Reasonwort",
    "name": "Именко-Щ",
}  # fmt: skip
WHY = Texts(bg="Нарушава правилата за поведение.", en="It breaks the rules of conduct.")
COMMANDS = (("count", "{slug}"), ("count", "--json", "{slug}"), ("compare", "{slug}"), ("rounds",))
# Pages on which words of ideas and projects stand, or titles by their codes.
VOTING = ("front/home_page.py", "ideas/ideas_page.py", "ideas/projects_page.py", "voting/vote_page.py",
          "results/results_page.py")  # fmt: skip
PUBLISHED = (*VOTING[:3], *VOTING[4:], "council/protocol_page.py", "council/brief_page.py", "journal/journal_page.py",
             "front/rules_page.py")  # fmt: skip


@pytest.fixture
def database(sqlite_database: str) -> str:
    """Settle for SQLite: what is hidden on both databases, `tests/core/moderation` asks."""
    return sqlite_database


@dataclass(frozen=True)
class World:
    """A town whose round has an idea, a project of it, another project and a review, by somebody with a name."""

    town: Town
    author: Actor
    idea_id: int

    @property
    def others(self) -> dict[str, Actor]:
        """Return, by role, who is neither staff that sees what is hidden nor the author."""
        town = self.town
        return {"guest": town.guest, "resident": town.resident, "council": town.council}

    def fresh(self) -> Round:
        return boxes.fresh(self.town.round.id)


@pytest.fixture
def world(town: Town) -> World:
    (author,) = boxes.people(town, 1)
    boxes.change(
        "UPDATE person SET nickname = :name, nickname_key = :key WHERE id = :id", name=MARKS["name"],
        key=MARKS["name"].casefold(), id=author.person_id,
    )  # fmt: skip
    with transaction() as session:
        row = tables.Idea(
            language="bg", round_id=town.round.id, author_id=author.person_id, status="accepted", cost=1_000_00,
            place=MARKS["place"], created_at=town.at, updated_at=town.at, submitted_at=town.at,
            **{part: {one: f"Нещо {MARKS[f'{part} {one}']} тук" for one in LANGUAGES}
               for part in ("title", "problem", "solution")},
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add(tables.Review(
            idea_id=row.id, reviewer_id=town.reviewer.person_id, verdict="accepted", cost=1_000_00,
            reason={one: f"Защото {MARKS[f'review {one}']} така" for one in LANGUAGES}, created_at=town.at,
        ))  # fmt: skip
        listed = session.exec(projects.select(tables.Project).where(tables.Project.round_id == town.round.id)).all()
        first, second = listed[:2]
        first.idea_id, first.title, first.text, first.place = row.id, row.title, row.solution, row.place
        second.title = {one: f"Нещо {MARKS[f'project {one}']} тук" for one in LANGUAGES}
        second.text = {"bg": f"Нещо {MARKS['text']} тук"}
        idea_id = tables.id_of(row)
    for voter in (town.resident, town.council, author):
        boxes.cast(town, voter, ["p01", "p02"])
    return World(town, author, idea_id)


def hide_all(world: World) -> None:
    """Have an organiser hide all that is marked: the idea as a whole, the project in parts, and the name."""
    told: dict[str, Any] = {"reason": WHY, "at": world.town.at}
    organiser, round_id = world.town.organiser, world.town.round.id
    with transaction() as session:
        moderation.hide_idea(session, organiser, world.idea_id, "all", **told)
        moderation.hide_review(session, organiser, world.idea_id, **told)
        moderation.hide_project(session, organiser, round_id, "p02", "title", **told)
        moderation.hide_project(session, organiser, round_id, "p02", "text", **told)
        moderation.hide_name(session, organiser, MARKS["name"], **told)


def publish(world: World) -> None:
    round_id = world.town.round.id
    at = boxes.end_voting(round_id)
    boxes.until_count(world.town, round_id, at)
    boxes.count(world.town, round_id, at)
    boxes.publish(world.town, round_id, at)


def over_http(world: World) -> Iterator[tuple[str, bytes]]:
    """Yield what every route answers to everyone, staff too, in both languages; archives and papers unpacked."""
    facts = {"slug": world.town.round.slug, "size": 3, "ticket": "x", "batch": 1, "name": SLIPS}
    kept.forget()
    client = TestClient(Starlette(routes=routes()), base_url="http://127.0.0.1:8501")
    staff = {"organiser": world.town.organiser, "auditor": world.town.auditor}
    for who, actor in (world.others | staff).items():
        with transaction() as session:
            token = sessions.open_session(session, actor, at=clock.now(), second_step=True) if actor.person_id else ""
        for language in LANGUAGES:
            client.cookies.clear()
            client.cookies.set("lang", language)
            if token:
                client.cookies.set("glas", token)
            for route in routes():
                if isinstance(route, Route) and "GET" in (route.methods or ()):
                    address = re.sub(r":\w+}", "}", route.path).format(**facts, language=language)
                    address += f"?lang={language}" + (f"&id={world.idea_id}" if address.endswith("/idea") else "")
                    answer = client.get(address, headers={"sec-fetch-site": "same-origin"})
                    for name, content in leaks.opened(address, answer.content).items():
                        yield f"{who}: {name}", content


def by_functions(world: World) -> Iterator[tuple[str, bytes]]:
    """Yield what every reading function of core returns to who must not see the words."""
    for who, actor in world.others.items():
        for name, function in sorted(functions().items()):
            if name in READS - {"ideas.values"}:
                yield f"{who}: {name}", value(function, world, actor)


def value(function: Any, world: World, actor: Actor) -> bytes:
    round_, names = world.fresh(), function.__annotations__
    with reading() as session:
        given = arguments(function, session, actor, replace(world.town, round=round_, at=clock.now()))
        given |= {"round_": round_, "slug": round_.slug, "readme": {"README.bg.md": b"", "README.en.md": b""}}
        given |= {"round_ids": [round_.id], "wanted": [round_]}
        try:
            found = function(**{name: each for name, each in given.items() if name in names})
            return repr([*found] if isinstance(found, Iterator) else found).encode()
        except GlasError as refusal:
            return repr(refusal).encode()


def by_command(world: World, capsys: pytest.CaptureFixture[str]) -> Iterator[tuple[str, bytes]]:
    for words in COMMANDS:
        terminal.main([word.format(slug=world.town.round.slug) for word in words])
        told = capsys.readouterr()
        yield f"glas {words[0]}", (told.out + told.err).encode()


def on_paper(world: World) -> Iterator[tuple[str, bytes]]:
    """Yield the protocol, the table of a result, and how a count reads its projects."""
    for language in LANGUAGES:
        with reading() as session, i18n.speaking(language):
            found = protocol.source(session, world.town.guest, world.fresh(), at=clock.now())
            yield f"protocol {language}", repr(protocol.protocol(found)).encode()
            yield f"table {language}", files_route._table(world.fresh(), language).encode()
            yield "instance", repr(load_instance(session, world.fresh())).encode()


def on_pages(world: World, open_app: Opener, names: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield everything that the browser is sent of each page: to a councillor in both languages, and to a guest."""
    for who, language in (("council", "bg"), ("council", "en"), ("guest", "en")):
        actor = world.others[who] if who != "guest" else None
        may = {entry.file for entry in menu.ENTRIES if menu.may_open(entry, world.others[who].roles)}
        for script in filter(may.__contains__, (*names, "ideas/idea_page.py")):
            more = {"id": str(world.idea_id)} if script.endswith("/idea_page.py") else {}
            app = open_app(script, actor, language, **more)
            assert not app.exception, script
            sent = "\n".join(str(each.proto) for tree in (app.main, app.sidebar) for each in tree)
            yield f"{who} {language}: {script}", unescaped(sent)


def unescaped(sent: str) -> bytes:
    r"""Return how a message is printed, and what stands in it: "\320\277" is a byte each, "\u0437" a letter of JSON."""
    parts = re.split(r"\\([0-7]{3})", sent)
    raw = b"".join(bytes([int(part, 8)]) if at % 2 else part.encode() for at, part in enumerate(parts))
    return raw + b"\n" + re.sub(rb"\\+u([0-9a-f]{4})", lambda found: chr(int(found.group(1), 16)).encode(), raw)


def found(places: Iterator[tuple[str, bytes]]) -> dict[str, set[str]]:
    """Return which marks stand where."""
    seen: dict[str, set[str]] = {}
    for place, content in places:
        marks = {name for name, mark in MARKS.items() if mark.encode() in content}
        if marks:
            seen.setdefault(place, set()).update(marks)
    return seen


def test_before_anything_is_hidden_the_words_are_found_everywhere(world: World, capsys):
    """The control of all that follow: who walks like this finds what stands there."""
    publish(world)
    seen = found(over_http(world)) | found(by_functions(world)) | found(by_command(world, capsys))
    seen |= found(on_paper(world))

    slug = world.town.round.slug
    for place, marks in {
        f"guest: /open/{slug}/result.csv?lang=bg": {"title bg", "project bg"},
        "table en": {"title en", "project en"},
        f"guest: /open/{slug}/election.pb?lang=bg": {"title bg", "project bg", "place"},
        f"guest: /rounds/{slug}/bundle.zip?lang=bg election.pb": {"title bg", "project bg", "place"},
        f"auditor: /rounds/{slug}/auditors-bundle.zip?lang=bg election.pb": {"title bg", "project bg", "place"},
        "resident: /account/export.json?lang=bg": {"title bg", "project bg"},
        "guest: ideas.idea": set(MARKS) - {"project bg", "project en", "text"},
        "council: ideas.ideas": set(MARKS) - {"project bg", "project en", "text"},
        "guest: projects.projects": set(MARKS) - {"problem bg", "problem en", "review bg", "review en", "name"},
        f"guest: /plain/bg/idea?lang=bg&id={world.idea_id}": {
            "title bg", "problem bg", "solution bg", "place", "review bg",
        },
        "guest: /plain/en/results?lang=en": {"title en", "project en"},
        "guest: /plain/en/projects?lang=en": {"title en", "project en"},
        "glas count": {"title bg", "project bg"},
        "protocol bg": {"title bg", "project bg"},
        "protocol en": {"title en", "project en"},
    }.items():  # fmt: skip
        assert marks <= seen.get(place, set()), place
    assert [place for place, marks in seen.items() if "/plain/" in place and "name" in marks] == []


@pytest.mark.parametrize("state", ["voting", "published"])
def test_hidden_words_stand_in_no_file_no_answer_and_no_value(world: World, capsys, state: str):
    if state == "published":
        publish(world)
    # What is kept from before must not be handed out afterwards.
    assert found(over_http(world)) or state == "voting"
    hide_all(world)

    assert found(over_http(world)) == {}
    assert found(by_functions(world)) == {}
    assert found(by_command(world, capsys)) == {}
    if state == "published":
        assert found(on_paper(world)) == {}


@pytest.mark.parametrize(("state", "names"), [("voting", VOTING), ("published", PUBLISHED)])
def test_hidden_words_stand_on_no_page(world: World, open_app: Opener, state: str, names: tuple[str, ...]):
    if state == "published":
        publish(world)
    hide_all(world)

    assert found(on_pages(world, open_app, names)) == {}


def test_control_pages_show_what_is_not_hidden(world: World, open_app: Opener):
    seen = found(on_pages(world, open_app, VOTING[1:4]))

    assert {"title bg", "project bg"} <= seen["council bg: voting/vote_page.py"]
    assert {"title en", "project en"} <= seen["guest en: ideas/projects_page.py"]
    assert {"title en", "problem en", "solution en", "place", "review en", "name"} <= seen[
        "guest en: ideas/idea_page.py"
    ]


def test_no_search_finds_what_is_hidden_and_its_author_still_does(world: World):
    hide_all(world)
    with reading() as session:
        for mark in MARKS.values():
            for actor in world.others.values():
                assert ideas.ideas(session, actor, world.town.round.id, query=mark) == ()
        assert len(ideas.ideas(session, world.author, world.town.round.id, query=MARKS["title bg"])) == 1
        own = ideas.idea(session, world.author, world.idea_id)
    assert MARKS["solution en"] in own.solution.in_("en") and own.author == MARKS["name"]


def test_a_recount_of_what_is_published_afterwards_passes_and_gives_the_same(world: World):
    publish(world)
    address = f"/rounds/{world.town.round.slug}/bundle.zip"
    client = TestClient(Starlette(routes=routes()), base_url="http://127.0.0.1:8501")
    before = client.get(address).content
    hide_all(world)
    after = client.get(address).content

    one, other = (leaks.opened("b", content) for content in (before, after))
    same = {name for name in one if one[name] == other.get(name)}
    assert {f"b {name}" for name in (bundle.BOARD, bundle.COUNTS, bundle.RULES, bundle.RESULTS, bundle.KEY)} <= same
    assert one[f"b {bundle.ELECTION}"] != other[f"b {bundle.ELECTION}"]
    for content in (before, after):
        checks = {check.name: check for check in recount(content)}
        assert not any(check.failed for check in checks.values())
        assert checks["voted_on"].passed and checks["closing"].passed
        assert checks["voted_on"].facts["hidden"] == (2 if content is after else 0)
    # The notes are the same: they hold hashes. The words beside them are left out.
    assert one[f"b {bundle.VOTED_ON}"] == other[f"b {bundle.VOTED_ON}"]
    assert found(one.items()) != {} and found(other.items()) == {}
    words = json.loads(other[f"b {bundle.WORDS}"])["projects"]
    assert words["p02"] == {"title": None, "text": None}


def test_a_round_whose_words_are_hidden_while_people_vote_is_closed_counted_and_recounted(world: World):
    hide_all(world)
    publish(world)
    client = TestClient(Starlette(routes=routes()), base_url="http://127.0.0.1:8501")
    for address in (f"/log/{world.town.round.slug}/voted-on", f"/rounds/{world.town.round.slug}/bundle.zip"):
        answer = client.get(address)
        assert answer.status_code == 200 and found(leaks.opened("b", answer.content).items()) == {}
    checks = {check.name: check for check in recount(answer.content)}
    assert not any(check.failed for check in checks.values()) and checks["voted_on"].facts["hidden"] == 2


def test_an_auditors_verdict_holds_when_words_are_hidden_after_it(world: World):
    publish(world)
    slug, key = world.town.round.slug, SigningKey(bytes(range(2, 34)))
    with reading() as session:
        files = bundles.auditors_bundle(session, world.town.auditor, slug, README, at=clock.now())
    given = Given(key=files[bundle.KEY].decode().strip())
    note = verdict(bundle.to_zip(files), given, key)
    assert note is not None
    hide_all(world)
    with reading() as session:
        public = bundles.public_bundle(session, world.town.guest, slug, README)

    given = replace(given, auditor=note.split("\n")[1])
    checks = {each.name: each for each in recount(bundle.to_zip({**public, bundle.VERDICT: note.encode()}), given)}
    assert checks["verdict"].passed and checks["openings"].facts == {"attested": True}


@pytest.mark.parametrize(("broken", "place"), [("of_projects", "projects.projects"), ("of_ideas", "ideas.idea")])
def test_control_whoever_forgets_to_ask_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch, broken: str, place: str
):
    publish(world)
    hide_all(world)
    nothing = hidden.OfIdeas({}, {}, {}) if broken == "of_ideas" else {}
    monkeypatch.setattr(hidden, broken, lambda *_: nothing)

    assert f"guest: {place}" in found(by_functions(world))
