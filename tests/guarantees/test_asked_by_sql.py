"""A request of two people is what its first person asked for, by the chained journal: altered by SQL it is none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlmodel import select

from core import journal
from core.errors import ConsentDiffers, SamePerson
from core.ideas import corrections
from core.people import team
from core.permissions import OPERATOR, Action, Role
from core.privacy import erasure
from core.rounds import second_person
from core.store import reading, transaction
from db import engine, tables
from pages.parts import i18n, refusals
from tests.helpers import boxes
from tests.helpers.worlds import Town

WHY = "The ground belongs to the state."
FREE = {
    "sqlite": "DROP TRIGGER IF EXISTS journal_no_change",
    # Until the end of the transaction: the next test has the same database.
    "postgresql": "SET LOCAL session_replication_role = replica",
}


@pytest.fixture
def asked(town: Town) -> str:
    """Let the first organiser ask that p01 be withdrawn, and give the hash of it."""
    boxes.cast(town, boxes.people(town, 1)[0], ["p01"])
    return ask(town)


def ask(town: Town, reason: str = WHY) -> str:
    with transaction() as session:
        return corrections.ask_withdrawal(
            session, town.organiser, town.round.id, "p01", at=town.at, reason=reason
        ).consent


def agree(town: Town, name: str, consent: str, code: str = "p01") -> None:
    with transaction() as session:
        corrections.agree_withdrawal(session, town.people[name], town.round.id, code, at=town.at, consent=consent)


def withdrawn() -> list[tuple[str, str]]:
    return [
        tuple(row) for row in boxes.rows("SELECT code, withdrawn_reason FROM project WHERE withdrawn_at IS NOT NULL")
    ]


def forged(town: Town, change: Callable[[tables.SecondPerson], None], hashed: bool = True) -> str:
    """Alter the row that waits, with the hash that fits it: what is hashed anybody can read here."""
    with transaction() as session:
        row = session.exec(select(tables.SecondPerson)).one()
        change(row)
        session.flush()
        if hashed:
            round_ = second_person._finding.get(session, town.organiser, town.round.id)
            row.consent = second_person._digest(session, round_, row)
        return row.consent


def shown(town: Town, name: str = "second_organiser") -> list[bool]:
    with reading() as session:
        return [each.ended for each in second_person.pending(session, town.people[name], town.round.id)]


def test_what_the_first_one_asked_for_is_carried_out(town: Town, asked: str):
    assert shown(town) == [False]
    agree(town, "second_organiser", asked)
    assert withdrawn() == [("p01", WHY)]


def by(row: tables.SecondPerson) -> None:
    row.asked_by = "p-second_organiser"


def nobody(row: tables.SecondPerson) -> None:
    row.asked_by = "p-nobody"


def server(row: tables.SecondPerson) -> None:
    row.asked_by = "server"


def reason(row: tables.SecondPerson) -> None:
    row.reason = "The mayor did not like it."


def lines(row: tables.SecondPerson) -> None:
    row.lines = [{**each, "of": "p02"} for each in row.lines]


def unhashed(row: tables.SecondPerson) -> None:
    row.reason, row.consent = "The mayor did not like it.", ""


ALTERED = (by, nobody, server, reason, lines)


@pytest.mark.parametrize("hashed", [True, False])
@pytest.mark.parametrize("change", ALTERED)
def test_an_altered_row_is_agreed_to_by_nobody(town: Town, asked: str, change, hashed: bool):
    consent = forged(town, change, hashed)
    assert (consent == asked) is not hashed
    assert shown(town) == [True]
    for name in ("organiser", "second_organiser"):
        for given in {consent, asked}:
            with pytest.raises((ConsentDiffers, SamePerson)):
                agree(town, name, given)
    assert withdrawn() == []
    told = {}
    for language in ("en", "bg"):
        i18n.use(language)
        told[language] = refusals.sentence(ConsentDiffers(action="withdraw_project"))
    assert told["en"].startswith("The request that was on your page waits no longer:")
    assert told["bg"].startswith("Заявката от твоята страница вече не чака:")


def test_a_row_about_another_project_or_without_its_hash_is_agreed_to_by_nobody(town: Town, asked: str):
    def other(row: tables.SecondPerson) -> None:
        row.subject = "p02"

    with pytest.raises(ConsentDiffers):
        agree(town, "second_organiser", forged(town, other), "p02")

    def back(row: tables.SecondPerson) -> None:
        row.subject = "p01"

    assert forged(town, back) == asked and shown(town) == [False]
    forged(town, unhashed, hashed=False)
    with reading() as session:
        (waiting,) = second_person.pending(session, town.second_organiser, town.round.id)
    with pytest.raises(ConsentDiffers):
        agree(town, "second_organiser", waiting.consent)
    assert waiting.ended and withdrawn() == []


@pytest.mark.parametrize("how", ["taken back", "replaced", "ended"])
def test_what_has_ended_is_not_put_back(town: Town, asked: str, how: str):
    with transaction() as session:
        kept = session.exec(select(tables.SecondPerson)).one().model_dump(exclude={"id"})
    if how == "taken back":
        take_back(town, asked)
    elif how == "replaced":
        assert ask(town, "The ground belongs to the church.") != asked
    else:
        boxes.change("UPDATE project SET cost = cost + 1 WHERE code = 'p01'")
        with transaction() as session:
            second_person.end_changed(session, town.organiser, town.round.id, at=town.at)
        boxes.change("UPDATE project SET cost = cost - 1 WHERE code = 'p01'")
    boxes.change("DELETE FROM second_person")
    with transaction() as session:
        session.add(tables.SecondPerson(**kept))
    with pytest.raises(ConsentDiffers):
        agree(town, "second_organiser", asked)
    assert withdrawn() == []
    # The control: asked for again it waits again.
    boxes.change("DELETE FROM second_person")
    agree(town, "second_organiser", ask(town))
    assert withdrawn() == [("p01", WHY)]


def take_back(town: Town, consent: str) -> None:
    with transaction() as session:
        second_person.take_back(
            session, town.organiser, town.round.id, Action.withdraw_project, at=town.at, subject="p01", consent=consent
        )


def test_a_line_that_was_altered_asks_for_nothing(town: Town, asked: str):
    consent = forged(town, reason)
    with engine.engine().begin() as connection:
        connection.exec_driver_sql(FREE[connection.dialect.name])
        told = f'{{"consent": "{consent}"}}'
        connection.execute(
            text("UPDATE journal SET facts = :told WHERE action = 'ask_withdraw_project'"), {"told": told}
        )
    with pytest.raises(ConsentDiffers):
        agree(town, "second_organiser", consent)
    assert withdrawn() == []


def test_control_who_also_writes_lines_of_the_journal_is_stronger(town: Town, asked: str):
    consent = forged(town, reason)
    with transaction() as session:
        journal.write(
            session, town.organiser, "ask_withdraw_project", round_id=town.round.id, at=town.at, consent=consent
        )
    agree(town, "second_organiser", consent)
    assert withdrawn() == [("p01", "The mayor did not like it.")]


def test_other_dice_than_the_first_one_typed_draw_nothing(town: Town):
    boxes.change("DELETE FROM project WHERE round_id <> :id", id=town.round.id)
    boxes.cast(town, boxes.people(town, 1)[0], ["p01"])
    at = boxes.end_voting(town.round.id)
    boxes.close(town, town.round.id, at)

    def typed(name: str, dice: str):
        with transaction() as session:
            return second_person.ask(
                session, town.people[name], town.round.id, Action.draw_ties, at=at, reason=dice, same="randomness"
            )

    typed("organiser", boxes.DICE)
    boxes.change("UPDATE second_person SET reason = '6666666666'")
    # She has asked for a draw of her own now, and it waits for somebody else.
    assert isinstance(typed("second_organiser", "6666666666"), second_person.Pending)
    # Without a key whoever reads the hash would find the dice.
    row = boxes.rows("SELECT consent FROM second_person")[0]
    with reading() as session:
        round_ = second_person._finding.get(session, town.organiser, town.round.id)
        found = session.exec(select(tables.SecondPerson)).one()
        rests_on = second_person._covered.covered(session, round_, Action.draw_ties, "")
        assert row.consent == second_person._digest(session, round_, found)
        for said in ("6666666666", ""):
            plain = second_person._covered.digest(
                found.action, round_.slug, "", found.asked_by, said, found.lines, rests_on
            )
            assert row.consent != plain


def test_the_role_of_who_asked_ends_with_her_requests(town: Town, asked: str):
    with transaction() as session:
        team.take_role(session, OPERATOR, town.council.person_id, Role.council, at=town.at)
    assert shown(town) == [False]
    with transaction() as session:
        team.take_role(session, OPERATOR, town.organiser.person_id, Role.organiser, at=town.at)
    assert shown(town) == [True]
    with reading() as session:
        last = journal.entries(session, town.council, town.round.id)[-1]
    assert (last.action, last.facts) == ("end_withdraw_project", {"first": "p-organiser", "consent": asked})
    # Also if she gets it back.
    boxes.change("INSERT INTO person_role (person_id, role) VALUES (:id, 'organiser')", id=town.organiser.person_id)
    with pytest.raises(ConsentDiffers):
        agree(town, "second_organiser", asked)
    assert withdrawn() == []


def test_who_leaves_asks_for_nothing_any_more(town: Town, asked: str):
    with transaction() as session:
        erasure.erase(session, town.organiser, at=town.at)
    assert shown(town) == [True]
    with pytest.raises(ConsentDiffers):
        agree(town, "second_organiser", asked)
    assert [tuple(row) for row in boxes.rows("SELECT action FROM journal ORDER BY id DESC LIMIT 1")] == [
        ("end_withdraw_project",)
    ]


def test_a_role_that_went_by_another_way_is_looked_at_when_it_is_agreed(town: Town, asked: str):
    boxes.change("DELETE FROM person_role WHERE person_id = :id", id=town.organiser.person_id)
    with pytest.raises(ConsentDiffers):
        agree(town, "second_organiser", asked)
    assert withdrawn() == [] and shown(town) == [True]
