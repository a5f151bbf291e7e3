"""No page depends on ballots that nobody may know of yet."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest

from core import clock
from core.permissions import Role
from pages import menu
from pages.parts import visit
from tests.helpers.two_worlds import Secret, differences, secret
from tests.pages import conftest
from tests.pages.conftest import Opener

# Pages that know of no round, or only of its ideas and people; a new page is walked until it stands here.
OF_NO_BALLOT = {
    "idea", "about", "privacy", "privacy-officer", "join", "sign-in", "recover", "propose", "second-step", "invited",
    "review", "codes", "desk", "team", "commission", "import",
}  # fmt: skip


def on_pages(hidden: Secret, open_app: Opener, monkeypatch) -> dict[Any, Any]:
    """Return what stands on every page, for the one of the least rights who may open it."""
    found = {}
    for entry in menu.ENTRIES:
        who = next((role for role in hidden.roles() if role in entry.roles), None)
        if who is None or entry.path in OF_NO_BALLOT:
            continue
        monkeypatch.setattr(conftest, "sign_in", partial(sign_in_once, token=hidden.token(who)))
        app = open_app("" if not entry.path else entry.file, round=hidden.round_.slug)
        assert not app.exception, (entry.path, app.exception)
        # The address of a file for one person is chance.
        found[who, entry.path] = re.sub(r"/private/[\w-]+", "", "\n".join(str(each.proto) for each in app.main))
    return found


def sign_in_once(monkeypatch, _who, *, token: str | None, shown: bool = True) -> None:
    """Bring the cookie of a session that is there already: the account page lists all of them."""
    monkeypatch.setattr(visit, "token", lambda: token)


@pytest.fixture
def walk(open_app, monkeypatch):
    def walked(hidden: Secret):
        # Countdowns stand still.
        moment = clock.now()
        monkeypatch.setattr(clock, "now", lambda: moment)
        return lambda: on_pages(hidden, open_app, monkeypatch)

    return walked


@pytest.mark.parametrize(
    ("shown", "state"),
    [("live", "voting"), ("live", "ended"), ("turnout", "voting"), ("sealed", "ended"), ("turnout", "counted")],
)
def test_no_page_depends_on_ballots_that_nobody_may_know_of(town, monkeypatch, walk, shown, state):
    hidden = secret(town, shown, state, monkeypatch)
    assert differences(hidden, walk(hidden)) == []


def test_control_a_page_that_shows_those_kept_back_is_found(town, monkeypatch, walk):
    hidden = secret(town, "live", "voting", monkeypatch, step=1)
    assert (Role.guest, "results") in differences(hidden, walk(hidden))
