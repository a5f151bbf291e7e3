"""Pages of organisers and council: a round from its draft to its published result by two people."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from core import clock, codes, rounds, store
from core.errors import GlasError
from core.ideas import projects
from core.permissions import Actor
from core.phases import Phase
from core.rounds import publishing, ready, second_person
from db import tables
from pages.ideas import reviewing
from pages.parts import i18n
from pages.studio import new_round
from tests.helpers import boxes, worlds
from tests.helpers.drafts import a_draft, fresh
from tests.pages.conftest import Opener, html


def text(app: AppTest) -> str:
    return html(app)


def press(app: AppTest, label: str) -> AppTest:
    found = [button for button in app.button if button.label == label]
    assert found, f"no button {label!r} among {[button.label for button in app.button]}"
    return found[0].click().run()


def a_round(phase: Phase, town: worlds.Town, slug: str = "r", **changes: object) -> rounds.Round:
    with store.transaction() as session:
        return worlds.round_in(session, town.municipality.id, phase, town.at, slug=slug, **changes)  # type: ignore[arg-type]


def test_a_new_round_starts_from_a_proposal_and_stays_hidden(open_app: Opener, town: worlds.Town):
    app = press(open_app("studio/studio_page.py", town.organiser, "en"), "Start a new round")

    assert "In preparation: nobody outside sees it." in text(app)
    with store.reading() as session:
        made = rounds.rounds(session, town.organiser)
        assert [each.draft for each in made].count(True) == 1
        assert not any(each.draft for each in rounds.rounds(session, town.resident))


def test_a_change_of_a_draft_is_saved_at_once(open_app: Opener, town: worlds.Town):
    made = a_draft(town)
    app = open_app("studio/studio_page.py", town.organiser, "en", round=made.slug)

    app.text_input(key=f"r{made.id}-0-budget").set_value("75 000 €").run()

    assert fresh(made).budget == 75_000_00
    assert "Draft, saved at" in text(app)


def test_an_amount_that_may_mean_another_says_how_it_is_read(open_app: Opener, town: worlds.Town):
    made = a_draft(town)
    app = open_app("studio/studio_page.py", town.organiser, "en", round=made.slug)

    app.text_input(key=f"r{made.id}-0-budget").set_value("76.000").run()

    assert "76.000 is read as €76,000." in [caption.value for caption in app.caption]
    assert fresh(made).budget == 76_000_00


def edited(one: rounds.Round, organiser: Actor, **changes: object) -> None:
    """Change a round as another organiser would, from another place."""
    with store.transaction() as session:
        draft = replace(rounds.get(session, organiser, one.id).as_draft(), **changes)  # type: ignore[arg-type]
        rounds.edit(session, organiser, one.id, draft, at=clock.now())


def test_what_two_organisers_change_at_once_is_merged(open_app: Opener, town: worlds.Town):
    made = a_draft(town)
    app = open_app("studio/studio_page.py", town.organiser, "en", round=made.slug)
    edited(made, town.second_organiser, budget=75_000_00)

    app.text_input(key=f"r{made.id}-0-age_max").set_value("25").run()

    assert (fresh(made).budget, fresh(made).age_max) == (75_000_00, 25)
    assert app.text_input(key=f"r{made.id}-1-budget").value == "75000"


@pytest.mark.parametrize(
    ("language", "told", "take", "keep"),
    [
        (
            "bg", "Междувременно друг организатор написа тук: 75000. Това, което ти написа, не е изгубено.",
            "Вземи написаното от другия", "Запази промените",
        ),
        (
            "en", "Another organiser has written here meanwhile: 75000. What you typed is not lost.",
            "Take what the other one wrote", "Save the changes",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mine", [True, False])
def test_the_same_field_shows_both_and_neither_is_lost(
    open_app: Opener, town: worlds.Town, language: str, told: str, take: str, keep: str, mine: bool
):
    made = a_draft(town)
    app = open_app("studio/studio_page.py", town.organiser, language, round=made.slug)
    edited(made, town.second_organiser, budget=75_000_00)

    app.text_input(key=f"r{made.id}-0-budget").set_value("60 000").run()

    assert told in text(app) and fresh(made).budget == 75_000_00
    assert app.text_input(key=f"r{made.id}-1-budget").value == "60 000"
    app = press(app, keep if mine else take)
    assert fresh(made).budget == (60_000_00 if mine else 75_000_00)
    app.run()
    assert told not in text(app)


@pytest.mark.parametrize(
    ("language", "bar", "save"),
    [
        ("bg", "Още не е запазено: Имейл за въпроси.", "Запази промените"),
        ("en", "Not saved yet: E-mail for questions.", "Save the changes"),
    ],
)
def test_what_is_not_saved_of_a_public_round_is_said_in_sight(
    open_app: Opener, town: worlds.Town, language: str, bar: str, save: str
):
    app = open_app("studio/studio_page.py", town.organiser, language, round=town.round.slug)
    assert bar not in text(app)
    app.text_input(key=f"r{town.round.id}-0-contact_email").set_value("new@selo.bg").run()

    assert bar in text(app) and fresh(town.round).contact_email == "budget@selo.bg"
    app = press(app, save)
    assert bar not in text(app) and fresh(town.round).contact_email == "new@selo.bg"


def test_what_core_refuses_stands_beside_its_field_and_is_not_saved(open_app: Opener, town: worlds.Town):
    made = a_draft(town)
    app = open_app("studio/studio_page.py", town.organiser, "en", round=made.slug)

    app.text_input(key=f"r{made.id}-0-age_max").set_value("10").run()

    assert fresh(made).age_max == 29
    assert "g-err" in text(app)


def test_an_amount_that_cannot_be_read_is_told_and_not_saved(open_app: Opener, town: worlds.Town):
    made = a_draft(town)
    app = open_app("studio/studio_page.py", town.organiser, "en", round=made.slug)

    app.text_input(key=f"r{made.id}-0-budget").set_value("a lot").run()

    assert fresh(made).budget == ready.BUDGET
    assert "Type only a number" in text(app)


def test_two_organisers_publish_and_the_wait_is_plain_to_see(open_app: Opener, town: worlds.Town):
    made = a_draft(town)
    app = open_app("studio/studio_page.py", town.organiser, "en", round=made.slug)

    app = press(press(app, "Publish …"), "Ask for publication")

    assert fresh(made).draft
    assert "Asked by you on" in text(app)
    assert "Agree and publish" not in [button.label for button in app.button]

    other = open_app("studio/studio_page.py", town.second_organiser, "en", round=made.slug)
    assert "Asked by organiser on" in text(other)
    other = press(other, "Agree and publish")

    assert not fresh(made).draft
    assert "Published. Everyone sees the round now." in text(other)


def test_a_request_can_be_taken_back(open_app: Opener, town: worlds.Town):
    made = a_draft(town)
    app = press(open_app("studio/studio_page.py", town.organiser, "en", round=made.slug), "Publish …")

    app = press(press(app, "Ask for publication"), "Take the request back")

    with store.reading() as session:
        assert second_person.pending(session, town.organiser, made.id) == ()
    assert "Nothing has happened." in text(app)


def test_what_ballots_rest_on_is_locked_and_says_why(open_app: Opener, town: worlds.Town):
    boxes.cast(town, town.resident, ["p01"])

    app = open_app("studio/studio_page.py", town.organiser, "en", round=town.round.slug)

    assert "Locked: the first ballot is in." in text(app)
    prefix = f"r{town.round.id}-0"
    assert app.text_input(key=f"{prefix}-budget").disabled
    assert app.radio(key=f"{prefix}-rule").disabled
    assert not app.text_input(key=f"{prefix}-titles").disabled


def test_who_can_open_the_ballots_is_locked_once_the_round_is_published(open_app: Opener, town: worlds.Town):
    app = open_app("studio/studio_page.py", town.organiser, "en", round=town.round.slug)

    assert "Locked since the round was published." in text(app)
    assert "The server keeps the key to the ballots until the count." in text(app)
    assert "choose “Sealed”" not in text(app)
    assert "Locked: the first ballot is in." not in text(app)
    prefix = f"r{town.round.id}-0"
    assert app.radio(key=f"{prefix}-visibility").disabled
    assert not app.text_input(key=f"{prefix}-budget").disabled


def test_a_rule_that_goes_by_another_name_is_the_one_chosen(open_app: Opener, town: worlds.Town):
    boxes.change("UPDATE round SET rule = :rule", rule="Greedy")

    app = open_app("studio/studio_page.py", town.organiser, "en", round=town.round.slug)

    assert app.radio(key=f"r{town.round.id}-0-rule").value == "greedy"


def test_voiding_needs_a_reason_and_two_people(open_app: Opener, town: worlds.Town):
    slug = town.round.slug
    app = open_app("studio/studio_page.py", town.organiser, "en", round=slug)
    app = press(app, "Ask to declare it void")
    assert "Write the reason" in text(app)

    app.text_area(key=f"void_round-{slug}-reason").set_value("The slips were printed twice.").run()
    press(app, "Ask to declare it void")
    other = press(
        open_app("studio/studio_page.py", town.second_organiser, "en", round=slug), "Agree: the round is void"
    )

    assert fresh(town.round).void_reason == "The slips were printed twice."
    assert "The round is void." in text(other)


def test_an_idea_is_reviewed_with_a_reason(open_app: Opener, town: worlds.Town):
    idea_id = an_idea(town, town.resident)
    i18n.use("en")  # AppTest words the options of a list outside the run
    app = open_app("ideas/review_page.py", town.reviewer, "en")
    assert "1 idea waits" in text(app)

    app.radio(key=f"review-{idea_id}-verdict").set_value("rejected").run()
    app = press(app, "Send the verdict")
    assert "Write the reason" in text(app)
    app.selectbox(key=f"review-{idea_id}-ready-rejected-en").set_value(0).run()
    app = press(app, "Send the verdict")

    with store.reading() as session:
        kept = session.exec(select(tables.Review)).one()
    assert (kept.verdict, kept.reason["en"]) == (
        "rejected",
        "The place is private. Propose another place and the idea can go on.",
    )
    assert kept.reason["bg"].startswith("Мястото е частно.")
    assert "Nothing waits for you" in text(app)


@pytest.mark.parametrize(
    ("language", "missing", "sent", "still", "head"),
    [
        ("bg", "Избери", "Изпратено.", "1 решение още може да се промени", "Промени решението"),
        ("en", "Choose", "Sent.", "1 decision can still be changed", "Change the decision"),
    ],
)
def test_nothing_is_chosen_beforehand_and_a_decision_can_be_found_and_changed(
    open_app: Opener, town: worlds.Town, language: str, missing: str, sent: str, still: str, head: str
):
    idea_id = an_idea(town, town.resident)
    i18n.use(language)
    app = open_app("ideas/review_page.py", town.reviewer, language)
    verdict = app.radio(key=f"review-{idea_id}-verdict")
    assert verdict.value is None

    app = app.button(key=f"review-{idea_id}-send").click().run()
    assert missing in text(app) and not app.exception
    app.radio(key=f"review-{idea_id}-verdict").set_value("accepted").run()
    app = app.button(key=f"review-{idea_id}-send").click().run()
    with store.reading() as session:
        assert session.exec(select(tables.Review)).all() == []

    app.text_area(key=f"review-{idea_id}-reason").set_value("Мястото е на общината.")
    app = app.button(key=f"review-{idea_id}-send").click().run()
    assert sent in text(app) and still in text(app) and f"/review?idea={idea_id}" in html(app)
    # A page that is locked for a reviewer is not linked to.
    assert 'href="/ballot-list"' not in html(app)
    assert 'href="/ballot-list"' in html(open_app("ideas/review_page.py", town.organiser, language))

    app = open_app("ideas/review_page.py", town.reviewer, language, idea=str(idea_id))
    assert head in text(app) and app.radio(key=f"review-{idea_id}-verdict").value is None
    assert {"bg": ": Изпълнима.", "en": ": Feasible."}[language] in text(app)
    app.radio(key=f"review-{idea_id}-verdict").set_value("rejected").run()
    app.text_area(key=f"review-{idea_id}-reason").set_value("Мястото се оказа частно.")
    app.button(key=f"review-{idea_id}-send").click().run()
    with store.reading() as session:
        kept = session.exec(select(tables.Review).order_by(col(tables.Review.id))).all()
    assert [one.verdict for one in kept] == ["accepted", "rejected"]


@pytest.mark.parametrize(
    ("language", "warned", "story"),
    [
        ("bg", "1 изпълнима идея не е в бюлетината. Първият глас заключва списъка", "Не е сложена в бюлетината"),
        ("en", "1 feasible idea is not on the ballot. The first vote fixes the list", "Not put on the ballot"),
    ],
)
def test_an_accepted_idea_that_is_left_out_is_told_before_and_after(
    open_app: Opener, town: worlds.Town, language: str, warned: str, story: str
):
    idea_id = an_idea(town, town.resident)
    with store.transaction() as session:
        idea = session.get_one(tables.Idea, idea_id)
        idea.round_id, idea.status = town.round.id, "accepted"
        session.add(tables.Review(
            idea_id=idea_id, verdict="accepted", cost=100_00, reason={"bg": "Може."}, created_at=town.at
        ))  # fmt: skip

    assert warned in text(open_app("", town.organiser, language))
    assert warned in text(open_app("ideas/ballot_list_page.py", town.organiser, language, round=town.round.slug))
    assert story not in text(open_app("ideas/idea_page.py", town.resident, language, id=str(idea_id)))

    boxes.cast(town, town.neighbour, ["p01"])
    assert warned not in text(open_app("", town.organiser, language))
    assert story in text(open_app("ideas/idea_page.py", town.resident, language, id=str(idea_id)))
    assert story in text(open_app("people/account_page.py", town.resident, language))
    assert story in text(open_app("ideas/ideas_page.py", None, language, round=town.round.slug))


def test_nobody_is_shown_an_idea_of_her_own(open_app: Opener, town: worlds.Town):
    an_idea(town, town.organiser)

    assert "Nothing waits for you" in text(open_app("ideas/review_page.py", town.organiser, "en"))


def test_ready_reasons_exist_for_every_verdict():
    assert all(reviewing.ready(one.value) for one in reviewing.verdicts())


def on_ballot(town: worlds.Town, slug: str) -> list[int | None]:
    with store.reading() as session:
        round_id = rounds.round_by_slug(session, slug, town.organiser).id
        return [one.idea_id for one in projects.projects(session, town.organiser, round_id)]


def test_an_accepted_idea_goes_on_a_public_ballot_by_two_and_off_again(open_app: Opener, town: worlds.Town):
    page, idea_id = "ideas/ballot_list_page.py", an_idea(town, town.resident, status="accepted")
    key = f"list-{fresh_by_slug('ideas', town).id}-reason"
    app = press(open_app(page, town.organiser, "en", round="ideas"), "Put on the ballot")
    assert "Write the reason; people will read it." in text(app)
    app.text_area(key=key).set_value("The review is over").run()
    app = press(app, "Put on the ballot")
    assert "Nothing changes before another organiser agrees" in text(app) and on_ballot(town, "ideas") == []
    assert "Agree to the list" not in [button.label for button in app.button]

    other = open_app(page, town.second_organiser, "en", round="ideas")
    assert "The review is over" in text(other) and "Чешми в парка" in text(other)
    press(other, "Agree to the list")
    assert on_ballot(town, "ideas") == [idea_id]
    rules = text(open_app("front/rules_page.py", None, "en", round="ideas"))
    assert "The ballot list was changed" in rules and "Reason: The review is over" in rules

    app = open_app(page, town.organiser, "en", round="ideas", project="p01")
    app.text_area(key=key).set_value("Too dear after all").run()
    press(app, "Ask to take it off")
    assert on_ballot(town, "ideas") == [idea_id]
    press(open_app(page, town.second_organiser, "en", round="ideas"), "Agree to the list")
    assert on_ballot(town, "ideas") == []


def test_codes_stand_on_slips_only_and_on_no_page(open_app: Opener, town: worlds.Town):
    a_round(Phase.ideas, town, "ideas", code_required=True)
    app = open_app("codes/codes_page.py", town.organiser, "en", round="ideas")
    prefix = f"codes-{fresh_by_slug('ideas', town).id}"
    app.text_input(key=f"{prefix}-label").set_value("=1+1 <b>School</b>")
    app.text_input(key=f"{prefix}-count").set_value("12").run()

    app = press(app, "Make the codes")
    assert "12 codes" in text(app) and "&lt;b&gt;School&lt;/b&gt;" in text(app)
    assert not re.search(r"\b\w{5}-\w{5}-\w{6}\b", text(app))
    with store.reading() as session:
        assert [
            (each.count, each.used) for each in codes.batches(session, town.organiser, fresh_by_slug("ideas", town).id)
        ] == [(12, 0)]


def test_two_count_and_one_publishes(open_app: Opener, town: worlds.Town):
    made = a_round(Phase.counting, town)
    with store.transaction() as session:
        boxes.opened(session, made.id, (["p01", "p02"], ["p01"], ["p02", "p03"]), town.at)

    app = press(open_app("closing/closing_page.py", town.organiser, "en", round="r"), "Ask for the count")
    assert fresh(made).counted_at is None
    assert "Asked by you on" in text(app)
    other = press(open_app("closing/closing_page.py", town.second_organiser, "en", round="r"), "Agree and count")
    assert fresh(made).counted_at is not None
    assert fresh(made).result_published_at is None
    assert "We advise to do these" in text(open_app("results/count_page.py", town.organiser, "en", round="r"))

    other = open_app("closing/closing_page.py", town.second_organiser, "en", round="r")
    press(other, "Ask to publish the result")
    assert fresh(made).result_published_at is None
    press(open_app("closing/closing_page.py", town.organiser, "en", round="r"), "Agree and publish the result")

    assert fresh(made).result_published_at is not None
    brief = text(open_app("council/brief_page.py", town.council, "en", round="r"))
    assert "3 ballots were cast" in brief
    assert "Published the result" in brief


def test_before_the_close_nobody_is_offered_a_count(open_app: Opener, town: worlds.Town):
    app = open_app("results/count_page.py", town.organiser, "en")

    assert not [button for button in app.button if "count" in button.label.lower()]
    assert "Voting closes by itself" in text(app)


def test_the_journal_tells_in_words_and_can_be_filtered(open_app: Opener, town: worlds.Town):
    made = a_draft(town)
    with store.transaction() as session:
        publishing.publish_round(session, town.organiser, made.id, at=clock.now())
    app = open_app("journal/journal_page.py", town.council, "en", round=made.slug)
    assert "Created the round" in text(app)
    assert "Asked a second person to agree: publish the round" in text(app)

    app.selectbox(key=f"journal-{made.id}-en").set_value("create_round").run()

    assert "Asked a second person" not in text(app)
    assert "Created the round" in text(app)


def test_a_refusal_is_a_sentence(open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise GlasError

    monkeypatch.setattr(rounds, "create", refuse)

    app = press(open_app("studio/studio_page.py", town.organiser, "en"), "Start a new round")

    assert "This cannot be done now, and nothing was changed." in text(app)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "There is no project on the ballot list, so nobody could vote."),
        ("bg", "В списъка за гласуване няма нито един проект и никой не би могъл да гласува."),
    ],
)
def test_a_vote_without_projects_is_told_in_red_on_the_pages_of_organisers(open_app, town, language, told):
    empty = a_round(Phase.voting, town, "empty", projects=False)

    shown = text(open_app("studio/studio_page.py", town.organiser, language, round=empty.slug))
    assert "g-note--er" in shown and told in shown
    assert told in text(open_app("ideas/ballot_list_page.py", town.organiser, language, round=empty.slug))

    whole = text(open_app("studio/studio_page.py", town.organiser, language, round=town.round.slug))
    assert told not in whole


def test_the_list_is_not_missed_while_ideas_are_collected(open_app: Opener, town: worlds.Town):
    early = a_round(Phase.ideas, town, "early", projects=False)

    for page in ("studio/studio_page.py", "ideas/ballot_list_page.py"):
        assert "There is no project on the ballot list" not in text(open_app(page, town.organiser, "en", round="early"))
    assert early


@pytest.mark.parametrize(
    ("language", "age", "cost", "choices"),
    [
        ("en", "It must not be less than “Age from”.", "It must not be less than “Cheapest idea”.",
         "It must not be less than “At least so many projects”."),
        ("bg", "Не може да е по-малко от „Възраст от“.", "Не може да е по-малко от „Най-евтина идея“.",
         "Не може да е по-малко от „Най-малко проекти“."),
    ],
)  # fmt: skip
def test_each_field_that_is_wrong_has_its_own_words_at_once(open_app, town, language, age, cost, choices):
    made = a_draft(town)
    app, prefix = open_app("studio/studio_page.py", town.organiser, language, round=made.slug), f"r{made.id}-0"

    for name, typed in {
        "age_max": "10",
        "min_cost": "500",
        "max_cost": "400",
        "min_choices": "5",
        "max_choices": "2",
    }.items():
        app.text_input(key=f"{prefix}-{name}").set_value(typed)
    shown = text(app.run())

    assert [shown.count(one) for one in (age, cost, choices)] == [1, 1, 1]
    assert "not in order" not in shown and "не са подредени" not in shown
    assert fresh(made).age_max == 29


@pytest.mark.parametrize(
    ("language", "typed", "told"),
    [
        ("en", "0", "It must be at least"), ("en", "", "Please fill in this field."),
        ("bg", "0", "Трябва да е поне"), ("bg", "", "Попълни това поле."),
    ],
)  # fmt: skip
def test_a_budget_of_nothing_is_told_at_its_field(open_app, town, language, typed, told):
    made = a_draft(town)
    app = open_app("studio/studio_page.py", town.organiser, language, round=made.slug)

    app.text_input(key=f"r{made.id}-0-budget").set_value(typed)

    assert told in text(app.run())
    assert fresh(made).budget == ready.BUDGET


def test_warnings_of_planning_go_when_nothing_can_be_planned_any_more(open_app: Opener, town: worlds.Town):
    told = "Little time for ideas."
    assert told in text(open_app("studio/studio_page.py", town.organiser, "en", round=a_round(
        Phase.preparation, town, "early", published=False).slug))  # fmt: skip
    for phase in (Phase.voting, Phase.results):
        over = a_round(phase, town, f"r-{phase}")
        shown = text(open_app("studio/studio_page.py", town.organiser, "en", round=over.slug))
        assert told not in shown and "Little time for the review." not in shown


def test_no_two_rounds_are_proposed_one_title(town: worlds.Town):
    first = a_draft(town)
    with store.reading() as session:
        known = rounds.rounds(session, town.organiser)

    second = new_round.proposal(town.municipality, known, at=clock.now())

    assert [second.titles.exactly(each) for each in ("bg", "en")] == [
        f"{first.titles.exactly(each)} (2)" for each in ("bg", "en")
    ]


def test_a_title_that_was_changed_in_one_language_only_is_pointed_out(open_app: Opener, town: worlds.Town):
    made, told = a_draft(town), "In these it is still the proposed one: English."
    app = open_app("studio/studio_page.py", town.organiser, "en", round=made.slug)
    assert told not in text(app)

    app.text_input(key=f"r{made.id}-0-titles").set_value("Бюджет на Горно село")
    assert told in text(app.run())

    app.text_input(key=f"r{made.id}-0-titles@en").set_value("Budget of Gorno")
    assert told not in text(app.run())


def fresh_by_slug(slug: str, town: worlds.Town) -> rounds.Round:
    with store.reading() as session:
        return rounds.round_by_slug(session, slug, town.organiser)


def an_idea(town: worlds.Town, author: Actor, status: str = "waiting") -> int:
    made = a_round(Phase.ideas, town, "ideas", projects=False)
    with store.transaction() as session:
        row = tables.Idea(
            language="bg", round_id=made.id, author_id=author.person_id, title={"bg": "Чешми в парка"},
            problem={"bg": "Няма откъде да си налееш вода."},
            solution={"bg": "Три чешми с накрайник за бутилки."}, cost=500_00, status=status, created_at=town.at,
            updated_at=town.at, submitted_at=town.at, area_id=town.municipality.areas[0].id,
            category_id=town.municipality.categories[0].id,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return tables.id_of(row)


@pytest.mark.parametrize(
    ("phase", "call"),
    [(Phase.preparation, "What is missing?"), (Phase.ideas, "What is missing?"), (Phase.voting, "You decide.")],
)
def test_the_preview_shows_a_round_that_has_begun_as_it_is_now(
    open_app: Opener, town: worlds.Town, phase: Phase, call: str
):
    with store.transaction() as session:
        made = worlds.round_in(session, town.municipality.id, phase, town.at, slug="preview", code_required=True)

    shown = text(open_app("studio/studio_page.py", town.organiser, "en", round=made.slug))

    calls = ("What is missing?", "You decide.", "Coming soon.", "We are checking the ideas.")
    assert [one for one in calls if one in shown] == [call]


def test_the_preview_follows_the_form_when_a_change_is_refused(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        made = worlds.round_in(session, town.municipality.id, Phase.preparation, town.at, slug="preview")
    app = open_app("studio/studio_page.py", town.organiser, "en", round=made.slug)
    app.text_input(key=f"r{made.id}-0-budget").set_value("12345").run()
    assert "€12,345 for the town." in text(app)

    app = press(app, "Ask for the change")

    assert "Write the reason; people will read it." in text(app)
    assert "€12,345 for the town." in text(app) and "€9,000 for the town." not in text(app)
