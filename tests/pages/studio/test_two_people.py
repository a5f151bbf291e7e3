"""What takes two: asked for with a reason, shown field by field, agreed to as it was shown – or it ends."""

from dataclasses import replace
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core import clock, codes, rounds, store
from core.closing import commission
from core.phases import Phase
from pages.council import protocol
from pages.parts import i18n
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
        now = rounds.get(session, town.second_organiser, town.round.id)
        alone = rounds.RoundDraft(**{
            **{name: getattr(now, name) for name in rounds.RoundDraft.__dataclass_fields__}, "contact_email": "a@b.org"
        })  # fmt: skip
        rounds.edit(session, town.second_organiser, town.round.id, alone, at=clock.now())

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
