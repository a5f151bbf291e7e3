"""What takes two: asked for with a reason, shown field by field, agreed to as it was shown – or it ends."""

from dataclasses import replace
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core import clock, codes, rounds, store
from core.closing import commission
from core.errors import Invalid
from core.ideas import corrections
from core.permissions import Action
from core.phases import Phase
from core.rounds import publishing, second_person
from core.rounds.terms import Line
from pages.council import protocol
from pages.parts import i18n, refusals
from pages.rounds import changes
from tests.helpers import boxes, worlds
from tests.pages.conftest import Opener, html

STUDIO, CODES = "studio/studio_page.py", "codes/codes_page.py"


def press(app: AppTest, label: str) -> AppTest:
    found = [button for button in app.button if button.label == label]
    assert found, f"no button {label!r} among {[button.label for button in app.button]}"
    return found[0].click().run()


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def ask_for_budget(open_app: Opener, town: worlds.Town, typed: str = "8000") -> AppTest:
    app = open_app(STUDIO, town.organiser, "en", round=town.round.slug)
    prefix = f"r{town.round.id}-0"
    app.text_input(key=f"{prefix}-budget").set_value(typed).run()
    app.text_area(key=f"{prefix}-reason").set_value("The council has cut it").run()
    return press(app, "Ask for the change")


def test_a_public_rounds_money_is_changed_by_two_and_everyone_reads_why(open_app: Opener, town: worlds.Town):
    app = ask_for_budget(open_app, town)
    assert "Asked. It waits for another organiser" in html(app) and "Agree to the change" not in labels(app)
    assert boxes.fresh(town.round.id).budget == worlds.BUDGET

    other = open_app(STUDIO, town.second_organiser, "en", round=town.round.slug)
    shown = html(other)
    assert "€9,000" in shown and "€8,000" in shown and "The council has cut it" in shown
    assert "Consent is to exactly this" in shown
    press(other, "Agree to the change")

    assert boxes.fresh(town.round.id).budget == 8_000_00
    for language, words in (("en", "The round was changed"), ("bg", "Изданието е променено")):
        rules = html(open_app("front/rules_page.py", None, language, round=town.round.slug))
        assert words in rules and "The council has cut it" in rules
    lines = html(open_app("journal/journal_page.py", town.council, "en", round=town.round.slug))
    assert "Budget: from €9,000" in lines and "Change of the public round" in lines


def test_without_a_reason_nothing_is_asked_for(open_app: Opener, town: worlds.Town):
    app = open_app(STUDIO, town.organiser, "en", round=town.round.slug)
    app.text_input(key=f"r{town.round.id}-0-budget").set_value("8000").run()
    assert "Write the reason; people will read it." in html(press(app, "Ask for the change"))
    assert boxes.rows("SELECT 1 FROM second_person") == []


def test_a_page_that_shows_an_older_request_agrees_to_nothing(open_app: Opener, town: worlds.Town):
    ask_for_budget(open_app, town)
    other = open_app(STUDIO, town.second_organiser, "en", round=town.round.slug)
    boxes.change("DELETE FROM second_person")
    ask_for_budget(open_app, town, "1000")

    press(other, "Agree to the change")

    assert boxes.fresh(town.round.id).budget == worlds.BUDGET


def test_both_are_told_that_a_request_has_ended(open_app: Opener, town: worlds.Town):
    ask_for_budget(open_app, town)
    with store.transaction() as session:
        boxes.run(session, "UPDATE round SET age_max = 99")
        second_person.end_changed(session, town.second_organiser, town.round.id, at=clock.now())

    for actor in (town.organiser, town.second_organiser):
        assert "has ended" in html(open_app("", actor, "en"))
        app = open_app(STUDIO, actor, "en", round=town.round.slug)
        assert "has ended: what it was about was changed" in html(app)
        assert "Agree to the change" not in labels(app)
    app = press(app, "I have seen it")
    assert "has ended" not in html(app) and boxes.rows("SELECT 1 FROM second_person") == []


def test_a_stolen_batch_is_stopped_by_two(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        made = worlds.round_in(session, town.municipality.id, Phase.voting, town.at, slug="coded", code_required=True)
        (code, *_) = codes.make_batch(session, town.organiser, made.id, "School", 3, at=clock.now())
        (batch,) = codes.batches(session, town.organiser, made.id)
    other = open_app(CODES, town.second_organiser, "en", round="coded")
    press(other, "Release")
    i18n.use("en")
    app = open_app(CODES, town.organiser, "en", round="coded")
    app.selectbox(key=f"stop-which-{made.id}").set_value(batch.id).run()
    app.text_area(key=f"stop-{made.id}-reason").set_value("The slips were stolen").run()
    press(app, "Ask to stop it")

    other = press(open_app(CODES, town.second_organiser, "en", round="coded"), "Agree and stop the batch")

    assert "Stopped. The codes no longer work" in html(other)
    rules = html(open_app("front/rules_page.py", None, "en", round="coded"))
    assert "3 codes no longer count" in rules and "The slips were stolen" in rules and "stopped on" in rules
    app = open_app("voting/vote_page.py", town.resident, "en", round="coded")
    app.text_input(key="vote-code-code").set_value(code).run()
    assert "was stopped with its whole batch" in html(press(app, "Use the code"))


def test_who_split_the_key_is_not_offered_the_rehearsal(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        made = worlds.round_in(
            session, town.municipality.id, Phase.preparation, town.at, slug="s", visibility="sealed", published=False
        )
        commission.appoint(session, town.organiser, made.id, ["Ана", "Борис", "Вера"], at=town.at)
        commission.split_key(session, town.organiser, made.id, at=town.at)
    page = "closing/commission_page.py"
    mine, others = (open_app(page, actor, "en", round="s") for actor in (town.organiser, town.second_organiser))
    assert "You split the key" in html(mine) and "Try to open" not in labels(mine)
    assert "You split the key" not in html(others) and "Try to open" in labels(others)


@pytest.mark.parametrize("page", ["", "voting/vote_page.py", "results/results_page.py", "front/rules_page.py"])
def test_an_extension_stands_with_its_reason_on_the_rounds_pages(open_app: Opener, town: worlds.Town, page: str):
    later = replace(town.round.dates, voting_until=town.round.dates.voting_until + timedelta(days=1))
    boxes.change_round(town, town.round.id, town.at, "The power was cut", dates=later)
    for language, words in (("en", "The dates were extended on"), ("bg", "удължени")):
        shown = html(open_app(page, town.resident, language, round=town.round.slug))
        assert words in shown and "The power was cut" in shown


@pytest.mark.parametrize(("language", "words"), [("en", "Changed after publication"), ("bg", "след публикуването")])
def test_the_protocol_tells_what_was_changed_and_how_many_codes_there_were(town: worlds.Town, language, words):
    boxes.change_round(town, town.round.id, town.at, "The council has cut it", budget=8_000_00)
    with store.transaction() as session:
        codes.make_batch(session, town.organiser, town.round.id, "School", 12, at=town.at)
    boxes.cast(town, town.resident, ["p01"])
    at = boxes.end_voting(town.round.id)
    boxes.until_count(town, town.round.id, at)
    boxes.count(town, town.round.id, at)
    i18n.use(language)
    with store.reading() as session:
        told = protocol.protocol(protocol.source(session, town.organiser, boxes.fresh(town.round.id), at=at))
    changed = next(part for part in told.parts if words in part.title)
    assert any("The council has cut it" in line for line in changed.lines)
    assert ("School", "12") in [(name, text.split(" ")[0]) for part in told.parts for name, text in part.pairs]


LIST, LOST = "ideas/ballot_list_page.py", "The request that was on your page waits no longer"
WHY = "The ground belongs to the state"


def ask_to_withdraw(town: worlds.Town, code: str = "p01", why: str = WHY) -> str:
    with store.transaction() as session:
        return corrections.ask_withdrawal(
            session, town.organiser, town.round.id, code, at=clock.now(), reason=why
        ).consent


def take_back(town: worlds.Town, consent: str, actor=None, code: str = "p01") -> None:
    with store.transaction() as session:
        second_person.take_back(
            session, actor or town.organiser, town.round.id, Action.withdraw_project, at=clock.now(), consent=consent,
            subject=code,
        )  # fmt: skip


@pytest.fixture
def voted(town: worlds.Town) -> worlds.Town:
    boxes.cast(town, town.resident, ["p02"])
    return town


@pytest.mark.parametrize("label", ["Agree: withdraw it", "Decline the request"])
def test_a_press_on_a_page_whose_request_was_replaced_is_told_and_does_nothing(
    open_app: Opener, voted: worlds.Town, label: str
):
    ask_to_withdraw(voted)
    app = open_app(LIST, voted.second_organiser, "en", round=voted.round.slug)
    ask_to_withdraw(voted, why="It is built by the state already")

    pressed = press(app, label)

    assert LOST in html(pressed) and "It is built by the state already" in html(pressed)
    assert boxes.rows("SELECT reason, ended_at FROM second_person") == [("It is built by the state already", None)]
    assert LOST not in html(press(pressed, "Agree: withdraw it"))
    assert boxes.rows("SELECT code FROM project WHERE withdrawn_at IS NOT NULL") == [("p01",)]


@pytest.mark.parametrize("language", ["en", "bg"])
def test_a_press_on_a_page_whose_request_was_taken_back_is_told(open_app: Opener, voted: worlds.Town, language: str):
    label, lost = {
        "en": ("Agree: withdraw it", LOST),
        "bg": ("Съгласи се с оттеглянето", "Заявката от твоята страница вече не чака"),
    }[language]
    consent = ask_to_withdraw(voted)
    app = open_app(LIST, voted.second_organiser, language, round=voted.round.slug)
    take_back(voted, consent)
    assert lost in html(press(app, label))
    assert boxes.rows("SELECT code FROM project WHERE withdrawn_at IS NOT NULL") == []


@pytest.mark.parametrize(
    ("language", "label", "told"),
    [("en", "Decline the request", "was declined on"), ("bg", "Не се съгласявам", "е отказана на")],
)
def test_who_asked_reads_that_it_was_declined_with_what_she_asked_for(
    open_app: Opener, voted: worlds.Town, language: str, label: str, told: str
):
    ask_to_withdraw(voted)
    press(open_app(LIST, voted.second_organiser, language, round=voted.round.slug), label)

    mine = html(open_app(LIST, voted.organiser, language, round=voted.round.slug))
    assert told in mine and "second_organiser" in mine and WHY in mine and "p01" in mine
    assert told not in html(open_app(LIST, voted.second_organiser, language, round=voted.round.slug))


def test_no_note_of_what_was_taken_back_stands_under_the_next_request(open_app: Opener, voted: worlds.Town):
    ask_to_withdraw(voted)
    app = open_app(LIST, voted.organiser, "en", round=voted.round.slug)
    app = press(app, "Take the request back")
    assert "The request is taken back. Nothing has happened." in html(app)
    ask_to_withdraw(voted)
    assert "The request is taken back" not in html(app.run())


@pytest.mark.parametrize(
    ("language", "follows"), [("en", "For good: nobody can choose it any more"), ("bg", "Завинаги:")]
)
def test_who_asks_and_who_agrees_reads_what_follows(open_app: Opener, voted: worlds.Town, language, follows):
    form = html(open_app(LIST, voted.organiser, language, round=voted.round.slug, project="p01"))
    assert form.count(follows) == 1
    ask_to_withdraw(voted)
    assert follows in html(open_app(LIST, voted.second_organiser, language, round=voted.round.slug))


@pytest.mark.parametrize(("language", "words"), [("en", "It ends for good and is not counted"), ("bg", "не се брои")])
def test_who_agrees_that_a_round_is_void_reads_that_it_ends_for_good(
    open_app: Opener, town: worlds.Town, language, words
):
    with store.transaction() as session:
        publishing.void_round(session, town.organiser, town.round.id, at=clock.now(), reason="A mistake in the list")
    assert words in html(open_app(STUDIO, town.second_organiser, language, round=town.round.slug))


def test_what_has_ended_says_what_it_had_asked_for_and_only_who_asked_is_told_to_ask_anew(
    open_app: Opener, voted: worlds.Town
):
    ask_to_withdraw(voted)
    boxes.change("UPDATE project SET place = 'Elsewhere' WHERE code = 'p01'")

    for actor, anew in ((voted.organiser, True), (voted.second_organiser, False)):
        shown = html(open_app(LIST, actor, "en", round=voted.round.slug))
        assert "has ended: what it was about was changed" in shown and WHY in shown and "As asked for" in shown
        assert ("then ask anew" in shown) is anew


def test_a_reason_that_is_too_long_stays_and_is_told(open_app: Opener, voted: worlds.Town):
    app = open_app(LIST, voted.organiser, "en", round=voted.round.slug, project="p01")
    key = f"correct-{voted.round.id}-p01-reason"
    app.text_area(key=key).set_value("x" * 501).run()
    assert "Shorten it: at most 500 characters." in html(app)
    app = press(app, "Ask to withdraw the project")
    assert "Shorten it: at most 500 characters." in html(app) and app.text_area(key=key).value == "x" * 501
    assert boxes.rows("SELECT 1 FROM second_person") == []


@pytest.mark.parametrize(
    ("language", "nothing", "asked"), [("en", "Nothing would change.", "If you do not want"),
                                       ("bg", "Нищо няма да се промени.", "Ако вече не искаш")]
)  # fmt: skip
def test_nothing_would_change_speaks_of_a_request_only_where_there_is_one(language, nothing, asked):
    with i18n.speaking(language):
        plain, mine = (refusals.sentence(Invalid("change", each)) for each in ("required", "asked"))
    assert plain == nothing and mine.startswith(nothing) and asked in mine


def test_a_line_that_puts_nothing_in_the_place_of_nothing_is_not_shown():
    speaker = changes.Speaker("EUR", "Europe/Sofia")
    with i18n.speaking("en"):
        rows = speaker.rows([Line("place", None, "", "p01"), Line("place", "", "The park", "p02")])
    assert [(row.of, row.old, row.new) for row in rows] == [("p02", "–", "The park")]


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "12 codes no longer count; 1 ballot has left the box"),
     ("bg", "12 кода вече не важат; 1 бюлетина е извадена от урната")],
)  # fmt: skip
def test_stopped_codes_and_the_ballots_that_left_are_two_facts(town: worlds.Town, language: str, told: str):
    facts = {"label": "School", "count": 12, "ballots": 1}
    with i18n.speaking(language):
        (row,) = (
            changes.Speaker("EUR", "Europe/Sofia").told(rounds.Change(town.at, Action.stop_codes, WHY, (), facts)).rows
        )
        assert (row.old, row.new) == ("", told)
