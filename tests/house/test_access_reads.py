"""Who may read what, and which doors of core open without saying who asks: an undeclared cell fails."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module

import pytest
from sqlmodel import Session

from core import store
from core.errors import NotAllowed, NotFound, NotSignedIn
from core.permissions import Role
from db import tables
from tests.helpers import boxes, worlds
from tests.helpers.paths import ROOT
from tests.house import test_access

PAGES = sorted((ROOT / "pages").rglob("*.py"))
PEOPLE = frozenset(Role) - {Role.guest, Role.operator}
OVERSEEING = frozenset({Role.organiser, Role.council, Role.auditor, Role.operator})
ALL = frozenset(Role)
# Function that reads → the roles that it answers.
READS: dict[str, frozenset[Role]] = {
    "accounts.profile": PEOPLE, "devices.sign_ins": PEOPLE, "export.of_person": PEOPLE, "persons.own_row": PEOPLE,
    "second_step.status": PEOPLE, "ideas.mine": ALL, "ideas.draft": ALL, "ideas.sent": ALL,
    "objections.objections": ALL,
    "closing.state": OVERSEEING, "closing.doers": OVERSEEING, "journal.entries": OVERSEEING,
    "second_person.pending": OVERSEEING, "second_person.pending_in": OVERSEEING,
    "second_person.waits": OVERSEEING, "projects.proposed": OVERSEEING,
    "commission.split_by_me": frozenset({Role.organiser}), "codes.made": ALL, "desk.look": ALL, "rounds.changes": ALL,
    "codes.batches": frozenset({Role.organiser, Role.auditor}),
    "codes.batch_of": frozenset({Role.organiser, Role.auditor}), "slips.read": frozenset({Role.organiser}),
    "commission.members": ALL,
    "moderation.hidden_words": frozenset({Role.reviewer, Role.organiser, Role.auditor, Role.operator}),
    "on_request.of_me": ALL, "on_request.waiting": frozenset({Role.organiser}),
    "team.members": frozenset({Role.organiser, Role.operator}),
    "team.waiting": frozenset({Role.organiser, Role.operator}),
    "closing.openings": frozenset({Role.auditor}), "bundles.auditors_bundle": frozenset({Role.auditor}),
    "reviews.waiting_for": frozenset({Role.reviewer, Role.organiser}),
    "reviews.decided": frozenset({Role.reviewer, Role.organiser}),
    "reviews.left_out": frozenset({Role.organiser}),
    "bundles.public_bundle": ALL, "ideas.values": ALL, "ideas.idea": ALL,
    "ideas.ideas": ALL, "projects.projects": ALL, "corrections.corrections": ALL,
    "results.published": ALL, "results.result": ALL,
    "results.result_of": ALL, "roll.eligibility": ALL, "roll.on_roll": ALL,
    "results.to_count": frozenset({Role.organiser, Role.operator}),
    "places.held": frozenset({Role.organiser, Role.operator}),
    "rounds.current": ALL, "rounds.get": ALL,
    "rounds.round_by_slug": ALL, "rounds.rounds": ALL, "tally.live": ALL, "voting.my_ballot": ALL,
    "voting.my_ballots": ALL, "roll.eligibilities": ALL,
    "voting.receipt_of": ALL,
}  # fmt: skip
# What pages may call in core without an actor, and what says who asks instead.
DOORS: dict[str, str] = {
    "accounts.join": "public, counted by network",
    "devices.renewable": "a token that has ended",
    "team.look": "the token of a link", "municipalities.municipality": "public",
    "municipalities.the_town": "public", "projects.of_rounds": "rounds that were read for an actor",
    "reviews.on_ballots": "ideas that were read for an actor",
    "results.all_published": "public: published results", "loading.load_election": "a round that was read for an actor",
    "receipts.by_commitment": "public: what everyone may ask the board",
    "receipts.commitment_of": "public: what everyone may ask the board",
    "sessions.actor_of": "a token", "sessions.close_session": "a token", "sessions.keep_seen": "the server itself",
    "slips.sweep": "the server itself",
    "sessions.rotate": "a token", "sessions.forget_missed": "a token",
    "sign_in.by_link": "the token of a link", "sign_in.enter": "a password, counted",
    "sign_in.renew": "a password, counted", "recovery.reset": "a recovery code, counted",
    "sign_in.new_codes": "a token and a one-time password, counted", "sessions.has_shown_second_step": "a token",
    "sign_in.step_up": "a one-time password, counted", "tally.turnout": "public: a number",
    "retention.carry_out": "the server itself", "closing.finish": "the server itself",
    "elections.sweep": "the server itself",
    "verifying.catch_up": "the server itself", "backups.write": "at the server", "town.create": "at the server",
    "town.remove": "at the server", "town.renew": "at the server",
    "board.checkpoints_of": "public: the log", "board.consistency": "public: the log",
    "board.inclusion": "public: the log", "board.latest": "public: the log", "board.leaves": "public: the log",
    "board.verifier": "public: the log", "verifying.refuse_stale": "at the server", "verifying.broken": "at the server",
    "readiness.refuse_unsafe": "at the server", "readiness.resting": "at the server",
    "readiness.refusal": "public: whether a round takes ballots", "journals.keep": "the server itself",
    "journals.heads_of": "public: what is signed beside the log", "doctor.examine": "at the server",
    "serving.mark": "the server itself", "serving.refuse_replaced": "the server itself",
    "slots.put_back": "at the server", "readiness.prepare": "the server itself",
    "voted_on.catch_up": "the server itself", "voted_on.fix": "the server itself",
    "voted_on.to_fix": "the server itself", "voted_on.public": "public: the log", "voted_on.told": "public: the log",
}  # fmt: skip


def test_every_reading_function_has_its_roles():
    told = test_access.undeclared(test_access.READS, READS, "READS of test_access_reads.py")
    assert not told, told


@pytest.fixture
def voted(town: worlds.Town):
    """Give the town after somebody has voted, with an idea."""
    boxes.cast(town, town.resident, ["p01"])
    with store.transaction() as session:
        session.add(tables.Idea(
            language="bg", round_id=town.round.id, author_id=town.resident.person_id, title={"bg": "t"},
            problem={"bg": "p"}, solution={"bg": "s"},
            status="waiting", created_at=town.at, updated_at=town.at,
        ))  # fmt: skip
    return town


def ask(session: Session, name: str, role: Role, town: worlds.Town) -> object:
    function = test_access.function_of(name)
    given = test_access.arguments(function, session, town.of(role), town)
    given |= {
        key: value
        for key, value in {
            "round_": town.round,
            "readme": {},
            "rows": (),
            "wanted": (town.round,),
            "slug": town.round.slug,
            "round_id": town.round.id,
        }.items()
        if key in inspect.signature(function).parameters
    }
    found = function(**given)
    return list(found) if inspect.isgenerator(found) else found


@pytest.mark.parametrize("name", sorted(name for name, roles in READS.items() if roles != ALL))
def test_who_may_not_read_something_is_refused(name: str, voted: worlds.Town):
    for role in Role:
        with store.reading() as session:
            if not voted.of(role).roles & READS[name]:
                with pytest.raises((NotSignedIn, NotAllowed, NotFound)):
                    pytest.fail(f"{role}: {ask(session, name, role, voted)}")
                continue
            # Whatever else is missing, it is not the right to ask.
            try:
                ask(session, name, role, voted)
            except (NotAllowed, NotSignedIn) as refusal:
                pytest.fail(f"{role} may ask {name}: {refusal}")
            except Exception as other:  # noqa: BLE001 – the round is not closed, say
                assert not isinstance(other, TypeError), other


def entered() -> dict[str, str]:
    """Return the functions of core without an actor that pages call with a session, each with a place."""
    found = {}
    for path in PAGES:
        tree = ast.parse(path.read_text("utf-8"))
        modules = {
            each.asname or each.name: f"{node.module}.{each.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "core"
            for each in node.names
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules):
                continue
            try:
                function = getattr(import_module(modules[node.value.id]), node.attr, None)
            except ModuleNotFoundError:
                continue
            if inspect.isfunction(function) and bare(function):
                *_package, noun, stem = function.__module__.split(".")
                where = f"{noun if stem.startswith('_') else stem}.{function.__name__}"
                found[where] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def bare(function: object) -> bool:
    """Return whether a function works on the database and is not told who asks."""
    kinds = [str(each.annotation) for each in inspect.signature(function).parameters.values()]  # type: ignore[arg-type]
    works = bool(kinds) and any(word in kinds[0] for word in ("Session", "Connection", "AbstractContextManager"))
    return works and not any("Actor" in kind for kind in kinds)


def test_every_door_that_pages_use_without_an_actor_is_declared():
    found = entered()

    new = {name: found[name] for name in set(found) - set(DOORS)}
    assert not new, f"pages call these without an actor: say in DOORS of test_access_reads.py who asks instead: {new}"
    old = sorted(set(DOORS) - set(found))
    assert not old, f"no page calls these: take them out of DOORS of test_access_reads.py: {old}"


def test_control_a_new_door_is_noticed():
    from core.codes import holders
    from core.people import persons

    assert bare(holders.void) and bare(persons.sign_out_everywhere) and not bare(persons.own_row)
