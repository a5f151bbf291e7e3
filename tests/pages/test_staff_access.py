"""Pages of organisers and council: who gets them, in every language and phase."""

from __future__ import annotations

import pytest

from core.permissions import Actor, Role
from core.phases import Phase
from pages import menu
from pages.parts import i18n
from tests.helpers import worlds
from tests.pages.conftest import Opener, page_file
from tests.pages.studio.test_staff_pages import a_round, text

STAFF = tuple(entry for entry in menu.ENTRIES if entry.place == "staff")
ROLES = (Role.guest, Role.resident, Role.reviewer, Role.organiser, Role.council, Role.auditor)


def someone(town: worlds.Town, role: Role) -> Actor | None:
    return None if role is Role.guest else town.of(role)


def mine(entry: menu.Entry, role: Role) -> bool:
    return menu.may_open(entry, frozenset({role}) if role is Role.guest else frozenset({role, Role.resident}))


OPEN = [(entry, role) for entry in STAFF for role in ROLES if mine(entry, role)]
SHUT = [(entry, role) for entry in STAFF for role in ROLES if not mine(entry, role)]


def named(value: object) -> str:
    return value.path if isinstance(value, menu.Entry) else str(value)


@pytest.mark.parametrize("language", i18n.known())
@pytest.mark.parametrize(("entry", "role"), OPEN, ids=named)
def test_every_page_renders_for_its_roles(
    entry: menu.Entry, role: Role, language: str, open_app: Opener, town: worlds.Town
):
    app = open_app(entry.file, someone(town, role), language)

    assert not app.exception
    assert "<h1>" in text(app)


@pytest.mark.parametrize(("entry", "role"), SHUT, ids=named)
def test_no_page_exists_for_anyone_else(entry: menu.Entry, role: Role, open_app: Opener, town: worlds.Town):
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        open_app(entry.file, someone(town, role))


@pytest.mark.parametrize("phase", [Phase.preparation, Phase.review, Phase.counting, Phase.implementation])
@pytest.mark.parametrize("script", ["studio", "ballot_list", "codes", "count", "journal"], ids=lambda script: script)
def test_every_page_renders_in_every_phase(script: str, phase: Phase, open_app: Opener, town: worlds.Town):
    a_round(phase, town)

    app = open_app(page_file(script), town.organiser, round="r")

    assert not app.exception


@pytest.mark.parametrize("phase", [*Phase])
def test_the_brief_renders_in_every_phase(phase: Phase, open_app: Opener, town: worlds.Town):
    a_round(phase, town)

    app = open_app("council/brief_page.py", town.council, "en", round="r")

    assert "For the council" in text(app)
    assert "there is no result yet" in text(app)
