"""The tabs of a town with many rounds: the one looked at is always among them."""

from __future__ import annotations

from core import store
from core.phases import Phase
from tests.helpers import worlds
from tests.pages.conftest import Opener, html


def test_the_round_that_is_looked_at_has_a_tab_among_many(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        for number in range(10):
            worlds.round_in(session, town.municipality.id, Phase.voting, town.at, slug=f"more-{number}")

    for slug in (town.round.slug, *(f"more-{number}" for number in range(10))):
        page = html(open_app("codes/codes_page.py", town.organiser, "en", round=slug))
        tabs = page[page.index("g-tabs--rounds") :].partition("</nav>")[0]
        assert tabs.count('aria-current="page"') == 1 and tabs.count("<a ") == 8, slug
