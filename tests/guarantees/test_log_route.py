"""The board over HTTP: an outsider can check every line with nothing but what is served."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import clock
from core.audit.recount import recount
from core.people import sessions
from core.store import transaction
from core.trust import commitments, merkle
from core.trust.checkpoints import open_note, read_verifier
from pages.parts import cookies
from pages.routes import routes
from tests.helpers import rfc9162
from tests.helpers import voted as rounds


@pytest.fixture
def database(sqlite_database) -> str:
    return sqlite_database


@pytest.fixture
def client(town) -> TestClient:
    return TestClient(Starlette(routes=routes()), base_url="http://127.0.0.1:8501")


@pytest.fixture
def voted(town):
    rounds.vote(town, rounds.voters(town, 12))
    return town


def leaves(client, size) -> list[dict]:
    answer = client.get(f"/log/2026/leaves?start=0&end={size}")
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.text.splitlines()]


def latest(client):
    name, key = read_verifier(client.get("/log/2026/key").text)
    return open_note(client.get("/log/2026/checkpoint").text, name, key)


def content(lines) -> tuple[bytes, ...]:
    return tuple(commitments.leaf_bytes(line["kind"], bytes.fromhex(line["commitment"])) for line in lines)


def test_an_outsider_can_compute_the_signed_root_and_follow_every_proof(client, voted):
    found = latest(client)
    lines = leaves(client, found.size)

    assert rfc9162.MTH(content(lines)) == found.root
    for line, leaf in zip(lines, content(lines), strict=True):
        told = client.get(f"/log/2026/inclusion?commitment={line['commitment']}&size={found.size}").json()
        proof = [bytes.fromhex(step) for step in told["proof"]]
        assert rfc9162.root_of_path(told["position"], found.size, merkle.leaf_hash(leaf), proof) == found.root
    for earlier in range(found.size + 1):
        told = client.get(f"/log/2026/consistency?from={earlier}&to={found.size}").json()
        proof = [bytes.fromhex(step) for step in told["proof"]]
        assert merkle.extends((earlier, rfc9162.MTH(content(lines)[:earlier])), (found.size, found.root), proof)


def test_what_never_changes_may_be_kept_and_the_newest_may_not(client, voted):
    size = latest(client).size
    assert "immutable" in client.get(f"/log/2026/leaves?start=0&end={size}").headers["cache-control"]
    assert "immutable" in client.get(f"/log/2026/consistency?from=1&to={size}").headers["cache-control"]
    assert client.get("/log/2026/checkpoint").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("leaves", 400), ("leaves?start=0&end=99999999", 400), ("leaves?start=5&end=5", 400),
        ("leaves?start=-1&end=5", 400), ("leaves?start=0&end=1e3", 400), ("leaves?start=100&end=200", 404),
        ("leaves?start=٣&end=5", 400), ("inclusion", 400), ("inclusion?commitment=zz", 400),
        (f"inclusion?commitment={'0' * 64}", 404), ("consistency?from=1&to=99999", 400),
        ("consistency?from=9&to=3", 400), ("consistency?from=1", 400), ("consistency?from=1&to=9999999999", 400),
    ],
)  # fmt: skip
def test_a_wrong_question_gets_one_plain_sentence(client, voted, path, status):
    answer = client.get(f"/log/2026/{path}")
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.count("\n") == 1


def test_an_empty_board_and_an_unknown_round_are_told_as_such(client, town):
    assert client.get("/log/2026/checkpoint").status_code == 404
    assert client.get("/log/no-such-round/checkpoint").status_code == 404


def test_a_draft_has_no_board_for_anyone(client, voted):
    with transaction() as session:
        session.connection().execute(text("UPDATE round SET published_at = NULL"))
    assert client.get("/log/2026/checkpoint").status_code == 404


def test_the_public_bundle_comes_with_the_result(client, voted):
    assert client.get("/rounds/2026/bundle.zip").status_code == 404
    rounds.close(voted)
    answer = client.get("/rounds/2026/bundle.zip")
    assert answer.status_code == 200
    assert not any(check.failed for check in recount(answer.content))


def test_the_auditors_bundle_is_for_auditors_and_is_not_kept(client, voted):
    rounds.close(voted)
    assert client.get("/rounds/2026/auditors-bundle.zip").status_code == 401
    for person, status in ((voted.organiser, 403), (voted.resident, 403), (voted.council, 403), (voted.auditor, 200)):
        with transaction() as session:
            token = sessions.open_session(session, person, at=clock.now(), second_step=True)
        answer = client.get("/rounds/2026/auditors-bundle.zip", headers={"cookie": f"{cookies.sign_in_name()}={token}"})
        assert answer.status_code == status
        assert answer.headers["cache-control"] == "no-store"
    assert {check.name for check in recount(answer.content) if check.passed} >= {"openings", "votes"}
    assert not any(check.failed for check in recount(answer.content))
