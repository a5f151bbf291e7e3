"""An auditor finds her bundle on the pages where she looks, nobody else does, and a sealed round's form gets it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import clock, phases
from core.audit.recount import recount
from core.closing import commission
from core.people import sessions
from core.store import transaction
from db import tables
from pages.parts import cookies
from pages.routes import routes
from tests.helpers import boxes, voted, worlds
from tests.pages.conftest import Opener, html

ADDRESS = "/rounds/2026/auditors-bundle.zip"
PAGES = ("results/results_page.py", "council/protocol_page.py", "council/brief_page.py")


@pytest.mark.parametrize("page", PAGES)
def test_the_auditor_finds_her_bundle(open_app: Opener, town: worlds.Town, page: str) -> None:
    voted.vote(town, voted.voters(town, 3))
    voted.close(town)

    shown = html(open_app(page, town.auditor, "en", round="2026"))

    assert f'href="{ADDRESS}"' in shown and "without names" in shown and "<form" not in shown


def test_nobody_else_is_shown_it(open_app: Opener, town: worlds.Town) -> None:
    voted.vote(town, voted.voters(town, 3))
    voted.close(town)

    for who in (None, town.resident, town.organiser, town.council):
        assert "auditors-bundle" not in html(open_app("results/results_page.py", who, "en", round="2026"))


def test_it_is_not_offered_once_it_is_gone(open_app: Opener, town: worlds.Town) -> None:
    voted.vote(town, voted.voters(town, 3))
    voted.close(town)
    boxes.change("UPDATE round SET anonymised_at = result_published_at")

    assert "auditors-bundle" not in html(open_app("results/results_page.py", town.auditor, "en", round="2026"))


def a_sealed_round(town: worlds.Town) -> tuple[str, str]:
    """Vote, close, open and publish a sealed round named `sealed`; return two shares."""
    with transaction() as session:
        draft = worlds.round_in(
            session, town.municipality.id, phases.Phase.preparation, town.at, slug="sealed", visibility="sealed",
            published=False,
        )  # fmt: skip
        commission.appoint(session, town.organiser, draft.id, ["Ана", "Борис", "Вера"], at=town.at)
        one, two, three = (each.text for each in commission.split_key(session, town.organiser, draft.id, at=town.at))
    with transaction() as session:
        commission.rehearse(session, town.second_organiser, draft.id, one, two, at=town.at)
        commission.rehearse(session, town.second_organiser, draft.id, two, three, at=town.at)
    boxes.publish_round(town, draft.id, town.at)
    with transaction() as session:
        row = session.get_one(tables.Round, draft.id)
        row.voting_from, row.published_at = town.at - timedelta(days=1), town.at - timedelta(days=2)
        row.ideas_from = row.ideas_until = None
    for voter in boxes.people(town, 3):
        boxes.cast(town, voter, ["p01"], round_=draft)
    at = boxes.end_voting(draft.id)
    boxes.until_count(town, draft.id, at, (one, three))
    boxes.count(town, draft.id, at)
    boxes.publish(town, draft.id, at)
    return one, two


def test_the_form_of_a_sealed_round_gets_the_bundle_with_two_shares(open_app: Opener, town: worlds.Town) -> None:
    one, two = a_sealed_round(town)

    shown = html(open_app("results/results_page.py", town.auditor, "en", round="sealed"))
    form = re.search(r'<form method="post" action="([^"]+)".*?</form>', shown, re.S)
    assert form and re.findall(r'<input [^>]*name="([^"]+)"', form[0]) == ["share", "share"]

    with transaction() as session:
        token = sessions.open_session(session, town.auditor, at=clock.now(), second_step=True)
    client = TestClient(Starlette(routes=routes()), base_url="http://127.0.0.1:8501")
    sent = {"cookie": f"{cookies.sign_in_name()}={token}", "sec-fetch-site": "same-origin"}
    address = unescape(form[1])
    answer = client.post(address, data={"share": [one, two]}, headers=sent)
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    assert not any(check.failed for check in recount(answer.content))

    # The controls: one share twice opens nothing, and no other site may send the form.
    assert client.post(address, data={"share": [one, one]}, headers=sent).status_code == 409
    foreign = {**sent, "sec-fetch-site": "cross-site"}
    assert client.post(address, data={"share": [one, two]}, headers=foreign).status_code == 403
