"""What a stranger stumbled over: the order of guests, joining, deleting drafts, consent, the journal of a project."""

from __future__ import annotations

import pytest

from core import clock, journal, rounds, store
from core.errors import Locked, NotFound
from core.ideas import projects
from core.people import accounts, persons, recovery
from core.permissions import guest
from core.phases import Phase
from core.rounds import publishing
from core.voting import order
from pages.parts.text import inside
from pages.rounds import rule_words
from tests.helpers import worlds
from tests.pages.conftest import Opener, html
from tests.pages.studio.test_staff_pages import a_draft, a_round


def test_guests_have_orders_of_their_own_and_voters_theirs(town: worlds.Town) -> None:
    made = a_round(Phase.voting, town)
    with store.reading() as session:
        listed = projects.projects(session, town.resident, made.id)
    anyone = guest(town.organiser.municipality_id)
    orders = {tuple(one.code for one in order.of_voter(listed, made, anyone, f"{seed}")) for seed in range(40)}
    assert len(orders) > 1
    assert order.of_voter(listed, made, town.resident) == order.of_voter(listed, made, town.resident)


def test_joining_tells_every_mistake_at_once() -> None:
    year = clock.now().year - 3
    found = accounts.faults(nickname="a", password="short", birth_year=year, email="no", at=clock.now())
    assert {one.field for one in found} == {"nickname", "password", "birth_year", "email"}


def test_a_new_recovery_code_replaces_the_old_one(town: worlds.Town) -> None:
    made = accounts.join(
        store.transaction, town.organiser.municipality_id, nickname="Зора", password="a long sentence", birth_year=2005,
        area_id=None, language=persons.NO_CHOICE, address="", at=clock.now(),
    )  # fmt: skip
    fresh = recovery.replace_recovery_code(store.transaction, made.actor, "a long sentence", at=clock.now())
    assert fresh != made.recovery_code
    assert made.actor.language == ""


def test_a_draft_can_be_thrown_away_and_only_a_draft(open_app: Opener, town: worlds.Town) -> None:
    made, shown = a_draft(town), a_round(Phase.voting, town)
    app = open_app("studio/studio_page.py", town.organiser, "en", round=made.slug)
    app.checkbox(key=f"discard-sure-{made.id}").check().run()
    app.button(key=f"discard-{made.id}").click().run()
    assert not app.exception
    with store.reading() as session:
        assert made.id not in {one.id for one in rounds.rounds(session, town.organiser)}
        with pytest.raises(NotFound):
            rounds.get(session, town.organiser, made.id)
        assert "discard_round" in {one.action for one in journal.entries(session, town.organiser)}
    with pytest.raises(Locked), store.transaction() as session:
        rounds.discard(session, town.organiser, shown.id, at=clock.now())


def test_home_tells_the_other_organiser_that_her_consent_is_awaited(open_app: Opener, town: worlds.Town) -> None:
    made = a_draft(town)
    with store.transaction() as session:
        publishing.publish_round(session, town.organiser, made.id, at=clock.now())
    assert "waits for your consent" in html(open_app("", town.second_organiser, "en"))
    assert "waits for your consent" not in html(open_app("", town.organiser, "en"))
    assert "waits for your consent" not in html(open_app("", town.resident, "en"))


def test_whoever_publishes_is_not_told_of_somebody_else(open_app: Opener, town: worlds.Town) -> None:
    made = a_draft(town)
    with store.transaction() as session:
        publishing.publish_round(session, town.organiser, made.id, at=clock.now())
    app = open_app("studio/studio_page.py", town.second_organiser, "en", round=made.slug)
    next(button for button in app.button if button.key.startswith(f"publish_round-{made.slug}-agree")).click().run()
    assert "Published. Everyone sees the round now." in html(app)
    assert "Somebody else changed" not in html(app)


def test_titles_inside_quotation_marks() -> None:
    assert inside("„Тиха стая“ – място") == "«Тиха стая» – място"


def test_ties_of_equal_shares_speak_of_one_thing() -> None:
    assert rule_words.ties({}, "equalshares")[0] != rule_words.ties({}, "greedy")[0]
