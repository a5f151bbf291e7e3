"""A round that is not published yet: staff can look at it everywhere, and no page breaks."""

from __future__ import annotations

import pytest

from core.permissions import Role
from core.phases import Phase
from core.store import transaction
from pages import menu
from tests.helpers import worlds
from tests.pages.conftest import Opener, html

SAID = {
    "bg": "Само екипът вижда това издание: още не е публикувано.",
    "en": "Only the team sees this round: it is not published yet.",
}


@pytest.mark.parametrize("role", [Role.organiser, Role.reviewer, Role.council, Role.auditor])
def test_every_page_of_a_draft_stands(town: worlds.Town, open_app: Opener, role: Role):
    with transaction() as session:
        worlds.round_in(session, town.municipality.id, Phase.ideas, town.at, slug="draft", published=False)
    for entry in menu.ENTRIES:
        if role in entry.roles:
            app = open_app("" if not entry.path else entry.file, town.of(role), round="draft")
            assert not app.exception, (entry.path, app.exception)


@pytest.mark.parametrize("language", ["bg", "en"])
def test_home_of_a_draft_says_who_sees_it_and_draws_no_figures(town: worlds.Town, open_app: Opener, language: str):
    with transaction() as session:
        worlds.round_in(session, town.municipality.id, Phase.ideas, town.at, slug="draft", published=False)

    app = open_app("", town.organiser, language, round="draft")
    assert SAID[language] in html(app)
    assert "live-hero" not in " ".join(str(getattr(one, "key", "")) for one in app.main)
    public = open_app("", town.organiser, language, round=town.round.slug)
    assert SAID[language] not in html(public)
    assert "live-hero" in " ".join(str(getattr(one, "key", "")) for one in public.main)
