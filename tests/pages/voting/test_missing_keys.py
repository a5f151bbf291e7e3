"""A round whose key is lost: every page stands, says what rests, and does not break."""

from __future__ import annotations

import pytest

from core import tally, trust
from pages.tally import figures
from tests.core.trust.test_readiness import lose
from tests.helpers import boxes
from tests.pages.conftest import html

PAGES = (
    "", "resident/vote.py", "public/results.py", "public/board.py", "public/rules.py", "resident/account.py",
    "organiser/closing.py", "organiser/codes.py", "organiser/desk.py",
)  # fmt: skip


@pytest.mark.parametrize("name", ["link", "count", "log"])
@pytest.mark.parametrize("language", ["bg", "en"])
def test_every_page_stands_without_a_key(town, open_app, name, language):
    boxes.cast(town, town.resident, ["p01"])
    boxes.cast(town, town.resident, ["p02"], 1)
    lose(name, town)
    tally.forget(), trust.forget(), figures.forget()

    for script in PAGES:
        who = town.organiser if script.startswith("organiser") else town.resident
        app = open_app(script, who, language=language, round=town.round.slug)
        assert not app.exception, (script, app.exception)
        assert html(app), script
        if script == "resident/vote.py":
            assert {"bg": "липсва ключ", "en": "A key of this round is missing"}[language] in html(app)
