"""A round whose key is lost: every page stands, says what rests, and does not break."""

from __future__ import annotations

import pytest

from core import tally, trust
from pages.tally import figures
from tests.core.trust.test_readiness import lose
from tests.helpers import boxes
from tests.pages.conftest import html

PAGES = (
    "", "voting/vote_page.py", "results/results_page.py", "trust/board_page.py", "front/rules_page.py",
    "people/account_page.py",
    "closing/closing_page.py", "codes/codes_page.py", "codes/desk_page.py",
)  # fmt: skip


@pytest.mark.parametrize("name", ["link", "count", "log"])
@pytest.mark.parametrize("language", ["bg", "en"])
def test_every_page_stands_without_a_key(town, open_app, name, language):
    boxes.cast(town, town.resident, ["p01"])
    boxes.cast(town, town.resident, ["p02"], 1)
    lose(name, town)
    tally.forget(), trust.forget(), figures.forget()

    for script in PAGES:
        who = town.organiser if script.startswith(("closing/", "codes/")) else town.resident
        app = open_app(script, who, language=language, round=town.round.slug)
        assert not app.exception, (script, app.exception)
        assert html(app), script
        if script == "voting/vote_page.py":
            assert {"bg": "липсва ключ", "en": "A key of this round is missing"}[language] in html(app)
