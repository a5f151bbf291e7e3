"""Who may open, call and change what: every page, route and changing function stands in a table here."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import Session, select
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

import core
import pages
from core import codes, journal, municipalities, places, rounds, store
from core.errors import NotAllowed, NotFound, NotSignedIn, SignInFailed
from core.ideas import projects
from core.ideas.projects import Listed
from core.people import sessions
from core.permissions import Action, Actor, Role
from core.texts import Texts
from db import tables
from pages import menu
from pages.routes import routes
from pages.server import upload_route
from tests.helpers import worlds
from tests.helpers.paths import ROOT

ALL = frozenset(Role)
PEOPLE = ALL - {Role.guest, Role.operator}
ORGANISER, REVIEWER = frozenset({Role.organiser}), frozenset({Role.reviewer})
OVERSEERS = frozenset({Role.council, Role.auditor})

# Page → the roles that may open it. Everyone with an account is a resident too.
PAGES = {
    "": ALL, "ideas": ALL, "idea": ALL, "projects": ALL, "results": ALL, "rules": ALL, "board": ALL, "about": ALL,
    "rounds": ALL, "join": ALL, "sign-in": ALL, "recover": ALL, "privacy": ALL, "privacy-officer": ALL,
    "propose": PEOPLE, "vote": PEOPLE, "account": PEOPLE, "second-step": PEOPLE, "invited": PEOPLE,
    "review": ORGANISER | REVIEWER,
    "studio": ORGANISER, "ballot-list": ORGANISER, "codes": ORGANISER, "desk": ORGANISER, "team": ORGANISER,
    "places": ORGANISER,
    "count": ORGANISER, "closing": ORGANISER,
    "commission": ORGANISER, "protocol": ALL, "import": ORGANISER,
    "moderation": ORGANISER | REVIEWER | {Role.auditor},
    "brief": ORGANISER | OVERSEERS, "journal": ORGANISER | OVERSEERS,
}  # fmt: skip
# Scripts that answer in the place of another page, and are pages of nobody.
STAND_INS = {"front/sign_in_first_page.py", "front/not_yours_page.py", "front/not_set_up_page.py"}

# Route → who gets past the door: anyone; "same origin": only our own pages; "cookie": also somebody signed in.
ROUTES = {
    ("GET", "/healthz"): "anyone",
    ("GET", "/favicon.png"): "anyone",
    ("GET", "/api/rounds/{slug}/live"): "anyone",
    ("GET", "/open/{slug}/result.csv"): "anyone",
    ("GET", "/open/{slug}/election.pb"): "anyone",
    ("GET", "/log/{slug}/checkpoint"): "anyone",
    ("GET", "/log/{slug}/key"): "anyone",
    ("GET", "/log/{slug}/journal"): "anyone",
    ("GET", "/log/{slug}/leaves"): "anyone",
    ("GET", "/log/{slug}/voted-on"): "anyone",
    ("GET", "/log/{slug}/inclusion"): "anyone",
    ("GET", "/log/{slug}/consistency"): "anyone",
    ("GET", "/rounds/{slug}/bundle.zip"): "anyone",
    ("GET", "/log/{slug}/checkpoints/{size:int}"): "anyone",
    ("GET", "/open/{slug}/protocol.pdf"): "anyone",
    ("GET", "/rounds/{slug}/auditors-bundle.zip"): "cookie",
    ("POST", "/rounds/{slug}/auditors-bundle.zip"): "cookie",
    ("POST", "/lang/{language}"): "anyone",
    ("POST", "/session"): "same origin",
    ("POST", "/session/out"): "same origin",
    ("POST", "/session/alive"): "same origin",
    ("POST", "/api/rounds/{slug}/ballot"): "cookie",
    ("GET", "/api/rounds/{slug}/ballot"): "cookie",
    ("POST", "/api/receipt"): "same origin",
    ("POST", "/api/upload"): "cookie",
    ("POST", "/session/again"): "same origin",
    ("GET", "/robots.txt"): "anyone",
    ("GET", "/sitemap.xml"): "anyone",
    ("GET", "/.well-known/security.txt"): "anyone",
    ("GET", "/plain"): "anyone",
    **{
        ("GET", "/plain/{language}" + path): "anyone"
        for path in (
            "",
            "/ideas",
            "/idea",
            "/projects",
            "/results",
            "/rules",
            "/protocol",
            "/board",
            "/about",
            "/privacy",
        )
    },
    ("POST", "/plain/{language}/board"): "same origin",
    ("GET", "/account/export.json"): "cookie",
    ("GET", "/private/{ticket}"): "cookie",
    ("GET", "/slips/{batch}/{name}"): "cookie",
}

RESIDENT = frozenset({Role.resident})
SERVER = frozenset({Role.operator})
# Function that changes something → the roles that it does not refuse outright.
CHANGES = {
    "accounts.set_language": PEOPLE, "accounts.create_person": SERVER,
    "recovery.change": PEOPLE, "recovery.replace_recovery_code": PEOPLE,
    "closing.anonymise": ORGANISER | SERVER, "closing.part": SERVER,
    "objections.note": ORGANISER, "objections.answer": ORGANISER, "closing.close": ORGANISER, "closing.draw": ORGANISER,
    "closing.keep_opened": ORGANISER, "closing.keep_turnout": ORGANISER, "closing.open_ballots": ORGANISER,
    "commission.appoint": ORGANISER, "commission.rehearse": ORGANISER, "commission.split_key": ORGANISER,
    "accounts.correct": PEOPLE,
    "codes.enter": RESIDENT, "codes.make_batch": ORGANISER, "codes.release": ORGANISER, "codes.discard": ORGANISER,
    "codes.ask_stop": ORGANISER, "codes.agree_stop": ORGANISER,
    "desk.use": RESIDENT, "desk.reissue": ORGANISER, "desk.reset_slip": ORGANISER | SERVER,
    "desk.way_in": SERVER,
    "devices.close_one": PEOPLE, "erasure.erase": PEOPLE,
    "team.invite": ORGANISER | SERVER, "team.accept": PEOPLE,
    "team.take_back": ORGANISER | SERVER, "team.take_role": ORGANISER | SERVER,
    "second_step.begin": ORGANISER | REVIEWER | OVERSEERS, "second_step.confirm": PEOPLE,
    "second_step.forget": SERVER,
    "ideas.revise": RESIDENT, "ideas.save_draft": RESIDENT, "ideas.submit": RESIDENT, "ideas.withdraw": RESIDENT,
    "elections.append": ORGANISER | SERVER, "elections.close_replay": ORGANISER | SERVER,
    "elections.import_election": ORGANISER | SERVER,
    "moderation.hide_idea": ORGANISER, "moderation.hide_project": ORGANISER, "moderation.hide_review": ORGANISER,
    "moderation.hide_name": ORGANISER, "moderation.show_again": ORGANISER,
    "on_request.ask": ORGANISER, "on_request.agree": ORGANISER, "on_request.take_back": ORGANISER,
    "municipalities.create": SERVER, "municipalities.edit": SERVER, "places.arrange": ORGANISER | SERVER,
    "closing.write_opened": ORGANISER, "closing.unseal": ORGANISER,
    "projects.ask_change": ORGANISER, "projects.agree_change": ORGANISER,
    "corrections.ask_withdrawal": ORGANISER, "corrections.agree_withdrawal": ORGANISER,
    "corrections.ask_words": ORGANISER, "corrections.agree_words": ORGANISER,
    "projects.edit": ORGANISER, "projects.put_on_ballot": ORGANISER, "projects.take_off": ORGANISER,
    "publishing.publish_round": ORGANISER, "publishing.void_round": ORGANISER,
    "results.count_round": ORGANISER | SERVER, "results.publish": ORGANISER,
    "reviews.decide": ORGANISER | REVIEWER,
    "rounds.create": ORGANISER, "rounds.discard": ORGANISER, "rounds.edit": ORGANISER,
    "rounds.ask_change": ORGANISER, "rounds.agree_change": ORGANISER,
    "second_person.agree": ORGANISER, "second_person.ask": ORGANISER, "second_person.take_back": ORGANISER,
    "second_person.put_away": ORGANISER,
    "recovery.one_time_link": ORGANISER | SERVER,
    "voting.cast_ballot": RESIDENT, "voting.withdraw_ballot": RESIDENT,
}  # fmt: skip
# Functions that only read. What a guest may read is tested where it is read.
READS = {
    "bundles.auditors_bundle", "bundles.public_bundle",
    "accounts.profile", "closing.state", "closing.doers", "codes.batch_of", "codes.batches", "codes.made", "slips.read",
    "desk.look", "commission.members",
    "commission.split_by_me", "closing.openings",
    "devices.sign_ins", "export.of_person", "team.members", "team.waiting", "second_step.status",
    "ideas.values", "ideas.draft", "ideas.idea", "ideas.ideas", "ideas.mine", "ideas.sent",
    "journal.entries", "moderation.hidden_words", "objections.objections", "on_request.of_me", "on_request.waiting",
    "persons.own_row", "projects.projects", "corrections.corrections",
    "projects.proposed", "results.published", "results.result",
    "results.result_of", "results.to_count", "reviews.waiting_for", "reviews.decided",
    "reviews.left_out", "roll.eligibility", "roll.eligibilities",
    "roll.on_roll", "places.held",
    "rounds.current", "rounds.get",
    "rounds.round_by_slug", "rounds.rounds", "rounds.changes", "second_person.pending", "second_person.pending_in",
    "second_person.waits",
    "tally.live", "voting.my_ballot", "voting.my_ballots",
    "voting.receipt_of",
}  # fmt: skip
# Steps of others, which have asked already: they take an actor, but not from a page.
INNER = {
    "holders.sealed", "codes.write_batch", "closing.locked_round", "ideas.free", "ideas.idea_value", "ideas.unlocked",
    "journal.write", "recovery.shown", "second_person.end_changed", "second_person.drop", "second_person.nothing",
    "team.end_requests",
    "roll.enrol", "sessions.close_all", "sessions.open_session",
    "rounds.finished", "rounds.next_one", "rounds.school", "rounds.voting",
}  # fmt: skip


def undeclared(found: Iterable[Any], declared: Iterable[Any], where: str) -> str:
    """Return what to do where a table does not name what is there, or names what is not; "" where they agree."""
    here, there = set(found), set(declared)
    told = [f"add to {where}, with who may: {one}" for one in sorted(here - there, key=str)]
    told += [f"take out of {where}, it is no longer there: {one}" for one in sorted(there - here, key=str)]
    return "\n".join(told)


# What functions that read take besides: their own tests in test_access_reads.py give it to them.
READ = {"round_", "readme", "rows", "wanted", "round_ids"}


def test_every_page_is_declared_with_its_roles():
    found = {entry.path: frozenset(entry.roles) for entry in menu.ENTRIES}

    assert not (told := undeclared(found, PAGES, "PAGES of test_access.py")), told
    wrong = {path: sorted(roles ^ PAGES[path]) for path, roles in found.items() if roles != PAGES[path]}
    assert not wrong, f"pages/menu.py and PAGES of test_access.py differ in these roles: {wrong}"


def test_every_script_is_a_page_or_a_stand_in():
    scripts = {path.relative_to(ROOT / "pages").as_posix() for path in (ROOT / "pages").rglob("*_page.py")}

    known = {entry.file for entry in menu.ENTRIES} | STAND_INS
    assert not (told := undeclared(scripts, known, "ENTRIES of pages/menu.py, or STAND_INS of test_access.py")), told


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.operator])
@pytest.mark.parametrize(
    "entry", [entry for entry in menu.ENTRIES if entry.path in PAGES], ids=lambda entry: entry.path or "home"
)
def test_the_script_behind_an_address_follows_the_table(entry: menu.Entry, role: Role):
    roles = frozenset({role}) if role is Role.guest else frozenset({role, Role.resident})
    shown = menu.file_for(entry, roles)

    if roles & PAGES[entry.path]:
        assert shown == entry.file
    else:
        assert shown == ("front/sign_in_first_page.py" if role is Role.guest else "front/not_yours_page.py")


def test_every_route_is_declared():
    found = {
        (method, route.path)
        for route in routes()
        if isinstance(route, Route)
        for method in (route.methods or ())
        if method != "HEAD"
    }

    assert not (told := undeclared(found, ROUTES, "ROUTES of test_access.py")), told
    assert all(isinstance(route, Route) for route in routes())


def test_every_module_with_routes_is_a_door():
    names = [one.name for one in pkgutil.walk_packages(pages.__path__, "pages.")]
    served = {id(route) for route in routes()}
    modules = [import_module(name) for name in names if name.endswith("_route")]
    brought = {id(route): (module.__name__, route) for module in modules for route in getattr(module, "ROUTES", ())}
    closed = [told for key, told in brought.items() if key not in served]
    without = [module.__name__ for module in modules if not getattr(module, "ROUTES", ())]

    assert not closed, f"doors that nobody can open, name their module in pages/routes.py: {closed}"
    assert not without, f"modules that end with _route and have no ROUTES: {without}"
    assert served <= set(brought), "pages/routes.py serves a route that is in no ROUTES of a *_route.py: move it there"


@pytest.fixture
def client(town: worlds.Town) -> TestClient:
    assert town
    return TestClient(Starlette(routes=routes()), base_url="http://127.0.0.1:8501")


@pytest.fixture
def database(sqlite_database: str) -> str:
    """Settle for SQLite: who may do what does not depend on the kind of database."""
    return sqlite_database


@pytest.mark.parametrize(("method", "path"), [key for key, door in ROUTES.items() if door != "anyone"])
def test_other_sites_and_guests_are_turned_away(method: str, path: str, client: TestClient):
    address = path.format(slug="2026", language="en", ticket="x", batch="1", name="slips.pdf")

    body = {"request_id": "r" * 16, "choices": ["p01"], "replaces": 0} if method == "POST" else None

    def ask(site: str) -> int:
        headers = {"sec-fetch-site": site}
        return client.request(method, address, headers=headers, json=body, follow_redirects=False).status_code

    assert ask("cross-site") in (401, 403)
    if ROUTES[method, path] == "cookie":
        assert ask("same-origin") == 401


def token(actor: Actor, at: datetime) -> str:
    with store.transaction() as session:
        return sessions.open_session(session, actor, at=at, second_step=True)


@pytest.mark.parametrize("role", [Role.resident, Role.reviewer, Role.council, Role.auditor, Role.organiser])
def test_only_organisers_can_send_files(role: Role, client: TestClient, town: worlds.Town, at: datetime):
    client.cookies.set("glas", token(town.of(role), at))

    answer = client.post("/api/upload", content=b"META", headers={"sec-fetch-site": "same-origin"})

    assert answer.status_code == (201 if role is Role.organiser else 403)
    if role is Role.organiser:
        ticket = answer.json()["ticket"]
        assert upload_route.take(ticket, town.second_organiser) is None
        kept = upload_route.take(ticket, town.organiser)
        assert kept is not None and kept.read_bytes() == b"META"
        kept.unlink()
        assert upload_route.take(ticket, town.organiser) is None


@cache
def functions() -> dict[str, Callable[..., Any]]:
    """Return every public function of core that takes a session and an actor, by noun and name."""
    found = {}
    for info in pkgutil.walk_packages(core.__path__, "core."):
        module = import_module(info.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != info.name or name.startswith("_"):
                continue
            kinds = [str(each.annotation) for each in inspect.signature(function).parameters.values()]
            if kinds and "Session" in kinds[0] and any("Actor" in kind for kind in kinds):
                *_package, noun, stem = info.name.split(".")
                found[f"{noun if stem.startswith('_') else stem}.{name}"] = function
    return found


def function_of(name: str) -> Callable[..., Any]:
    """Return a function by its name in the tables; one that is not there fails the test with what to do."""
    found = functions().get(name)
    return found or pytest.fail(
        f"no function of core is called {name} and takes a session and an actor: mend the table"
    )


def test_every_function_that_takes_an_actor_is_declared():
    where = (
        "CHANGES (it changes something), READS (it only reads; its roles in READS of test_access_reads.py) or "
        "INNER (only others of core call it, which have asked already) of test_access.py"
    )
    assert not (told := undeclared(functions(), {*CHANGES, *READS, *INNER}, where)), told
    twice = set(CHANGES) & READS | set(CHANGES) & INNER | READS & INNER
    assert not twice, f"stands in two tables of test_access.py: {sorted(twice)}"


def arguments(function: Callable[..., Any], session: Session, actor: Actor, town: worlds.Town) -> dict[str, Any]:
    """Return arguments of the right kind for a call by `actor`."""
    idea_id = session.exec(select(tables.Idea.id)).one()
    known = {
        "session": session, "at": town.at, "round_id": town.round.id, "idea_id": idea_id, "label": "School", "count": 3,
        "code": "p01", "choices": ["p01"], "request_id": "r" * 16, "replaces": 0, "action": Action.void_round,
        "draft": worlds.draft(town.at),
        "to": Listed("p01", Texts(bg="x"), Texts(), 1, None, None, "", None, None, None),
        "verdict": "rejected", "cost": None, "reason": "A reason that is long enough.",
        "names": Texts(bg="Нова", en="New"),
        "slug": "new", "contact_email": "a@example.org", "imprint": Texts(), "municipality_id": town.municipality.id,
        "nickname": "new-person", "roles": frozenset({Role.resident}), "person_id": town.resident.person_id, "old": "x",
        "new": "another-long-password-7", "language": "en", "source": b"META\n", "batch": (),
        "password": "long-password-77", "randomness": "3 6 1 4 4 2 5 1 6 2", "unsealed": None, "one": "a", "other": "b",
        "transaction": lambda: nullcontext(session), "address": "192.0.2.1",
        "slip": "2" * 16, "batch_id": 1, "name": "slips.pdf",
        "role": Role.reviewer, "key": "0" * 16, "token": "x", "session_token": "y", "issuer": "Glas",
        "forget_second_step": False, "part": "title", "hiding_id": 1, "on_behalf_of": "owner", "consent": "0" * 64,
        "title": Texts(bg="Друго"), "text": Texts(), "words": "The sum is wrong by a thousand.", "objection_id": 1,
        "email": None, "birth_year": 2006, "area_id": None, "home": Texts(bg="Дом"),
        "kind": "area", "wanted": (places.Wanted(Texts(bg="Друго"), town.municipality.areas[0].id),),
    }  # fmt: skip
    taken = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if "Actor" in str(parameter.annotation):
            taken[name] = actor
        elif name in known and (parameter.default is parameter.empty or name in ("reason", "imprint")):
            taken[name] = known[name]
        elif parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD and name not in READ:
            where = f"{function.__module__}.{function.__name__}"
            pytest.fail(f"{where} takes {name}: give it a value in `known` of arguments() in test_access.py")
    return taken


def counts(session: Session) -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        name: session.connection().execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in tables.metadata.tables.items()
    }


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_whoever_may_not_change_something_is_refused(name: str, town: worlds.Town):
    with store.transaction() as session:
        session.add(tables.Idea(
            language="bg", round_id=town.round.id, author_id=None, title={"bg": "t"}, problem={"bg": "p"},
            solution={"bg": "s"}, status="waiting",
            created_at=town.at, updated_at=town.at,
        ))  # fmt: skip
        session.flush()
        before = counts(session)
        function = function_of(name)

        for actor in map(town.of, Role):
            if not actor.roles & CHANGES[name]:
                with pytest.raises((NotSignedIn, NotAllowed, NotFound, SignInFailed)):
                    pytest.fail(f"{actor.nickname}: {function(**arguments(function, session, actor, town))}")
                assert counts(session) == before, actor


def test_a_round_of_another_municipality_is_out_of_reach(town: worlds.Town):
    with store.transaction() as session:
        other = municipalities.create(
            session,
            town.operator,
            slug="other",
            names=Texts(bg="Друга", en="Other"),
            contact_email="o@example.org",
            at=town.at,
            areas=[municipalities.Place("centre", Texts(bg="Център", en="Centre"))],
        )
        stranger = worlds.person(session, other, "stranger", frozenset({Role.organiser}), town.at)

        for call in (
            lambda: projects.take_off(session, stranger, town.round.id, "p01", town.at),
            lambda: codes.make_batch(session, stranger, town.round.id, "School", 3, at=town.at),
            lambda: rounds.edit(session, stranger, town.round.id, worlds.draft(town.at), at=town.at),
        ):
            with pytest.raises((NotAllowed, NotFound)):
                call()

        assert journal.entries(session, stranger, town.round.id) == ()


def test_control_what_is_not_declared_is_named_with_where_it_belongs():
    assert undeclared({"a", "b"}, {"b", "c"}, "PAGES") == (
        "add to PAGES, with who may: a\ntake out of PAGES, it is no longer there: c"
    )
    assert undeclared({"a"}, ["a"], "PAGES") == ""
    with pytest.raises(pytest.fail.Exception, match="mend the table"):
        function_of("rounds.no_such_function")
