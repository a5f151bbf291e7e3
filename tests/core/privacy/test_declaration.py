"""What is kept of people: declared column by column, gone in time, and never in a log."""

import json
import logging
from datetime import timedelta

import pytest

from core import closing, codes, redaction
from core.errors import LogBroken
from core.people import sessions, team, throttle
from core.permissions import Role
from core.phases import Phase
from core.privacy import declaration, retention
from core.store import transaction
from db import tables
from db.declaration import Until, Whose
from tests.helpers import boxes, worlds
from tests.helpers.worlds import Town


def columns() -> set[tuple[str, str]]:
    return {(table.name, column.name) for table in tables.metadata.tables.values() for column in table.columns}


def undeclared(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return found ^ {(each.table, each.column) for each in declaration.declared()}


def test_every_column_is_declared_once():
    assert undeclared(columns()) == set()
    assert len(declaration.declared()) == len({(each.table, each.column) for each in declaration.declared()})


def test_control_a_new_column_is_noticed():
    assert undeclared(columns() | {("person", "shoe_size")}) == {("person", "shoe_size")}


def test_nothing_openly_personal_stays_for_good():
    assert not [each for each in declaration.declared() if each.whose is Whose.personal and each.until is Until.stays]


def test_whatever_points_to_a_person_is_called_personal():
    pointing = {
        (table.name, column.name)
        for table in tables.metadata.tables.values()
        for column in table.columns
        if any(key.column.table.name == "person" for key in column.foreign_keys)
    }
    personal = {(each.table, each.column) for each in declaration.declared() if each.whose is Whose.personal}

    assert pointing <= personal


def carry_out(at):
    return retention.carry_out(transaction, at=at)


def test_what_has_had_its_time_goes_by_itself(town: Town):
    with transaction() as session:
        sessions.open_session(session, town.resident, at=town.at)
        throttle.count(session, throttle.network_doors("192.0.2.7"), at=town.at)
        session.add(tables.SignInLink(
            token_hash="x", person_id=town.resident.person_id, expires_at=town.at + timedelta(hours=24)
        ))  # fmt: skip
    assert not carry_out(town.at + timedelta(minutes=30))

    gone = carry_out(town.at + timedelta(hours=40))

    assert (gone.sign_ins, gone.links, gone.tries) == (1, 1, 1)
    assert not carry_out(town.at + timedelta(hours=40))


def test_a_round_is_anonymous_after_its_objection_window(town: Town):
    boxes.cast(town, town.resident, ["p01"])
    at = boxes.end_voting(town.round.id)
    boxes.until_count(town, town.round.id, at)
    boxes.count(town, town.round.id, at)
    boxes.publish(town, town.round.id, at + timedelta(days=3))
    assert carry_out(at + timedelta(days=10)).rounds == ()

    assert carry_out(at + timedelta(days=40)).rounds == (town.round.slug,)

    assert boxes.rows("SELECT 1 FROM slot WHERE lookup IS NOT NULL OR sealed IS NOT NULL") == []
    assert carry_out(at + timedelta(days=40)).rounds == ()


def test_one_round_that_cannot_be_anonymised_keeps_nothing_else_from_going(town: Town, monkeypatch):
    at = town.at + timedelta(days=40)
    with transaction() as session:
        for slug in ("broken", "good"):
            made = worlds.round_in(session, town.municipality.id, Phase.voting, town.at, slug=slug)
            row = session.get_one(tables.Round, made.id)
            row.voided_at = row.keep_until = town.at
        sessions.open_session(session, town.resident, at=town.at)
    real = closing.anonymise

    def anonymise(session, actor, round_id, *, at):
        if session.get_one(tables.Round, round_id).slug == "broken":
            raise LogBroken(slug="broken")
        return real(session, actor, round_id, at=at)

    monkeypatch.setattr(closing, "anonymise", anonymise)
    gone = carry_out(at)

    assert (gone.rounds, gone.sign_ins) == (("good",), 1)


def test_a_draft_that_was_thrown_away_is_no_trouble(town: Town):
    with transaction() as session:
        made = worlds.round_in(session, town.municipality.id, Phase.preparation, town.at, slug="d", published=False)
        row = session.get_one(tables.Round, made.id)
        row.voided_at = row.keep_until = town.at

    assert not carry_out(town.at + timedelta(days=40))


def test_a_withdrawn_idea_goes_after_a_month_and_others_stay(town: Town):
    with transaction() as session:
        for status in ("withdrawn", "accepted", "draft", "rejected"):
            session.add(tables.Idea(
                language="bg", round_id=town.round.id, author_id=town.resident.person_id, title={"bg": status},
                problem={"bg": "p"}, solution={"bg": "s"},
                status=status, created_at=town.at, updated_at=town.at,
            ))  # fmt: skip
    assert not carry_out(town.at + timedelta(days=29))

    assert carry_out(town.at + timedelta(days=30)).ideas == 1

    left = {json.loads(row.title)["bg"] for row in boxes.rows("SELECT CAST(title AS TEXT) AS title FROM idea")}
    assert left == {"accepted", "draft", "rejected"}


def test_invitations_and_marks_of_code_holders_go(town: Town):
    with transaction() as session:
        team.invite(session, town.organiser, Role.reviewer, at=town.at)
        (code,) = codes.make_batch(session, town.organiser, town.round.id, "x", 1, at=town.at)
        (batch,) = codes.batches(session, town.organiser, town.round.id)
    boxes.release(town, town.round.id, batch.id, town.at)
    with transaction() as session:
        codes.enter(session, town.resident, town.round.id, code, at=town.at)
    assert boxes.rows("SELECT 1 FROM code WHERE holder IS NOT NULL")
    with transaction() as session:
        session.get_one(tables.Round, town.round.id).closed_at = town.at

    gone = carry_out(town.at + timedelta(days=8))

    assert (gone.invitations, gone.holders) == (1, 1)
    assert boxes.rows("SELECT 1 FROM code WHERE holder IS NOT NULL") == []


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("[2001:db8::1]", "2001:db8::/48"), ("fe80::1%eth0", "fe80::/48"), ("", ""), ("unix:", ""), ("1.2.3", ""),
    ],
)  # fmt: skip
def test_an_address_is_truncated(address: str, network: str):
    assert redaction.truncated(address) == network


SECRET = "Zk3vC0pJ8yQm1nB7uW5xT2rE9sL4aD6fH0gK-_iOqXc"
LINES = (
    f"GET /sign-in?link={SECRET}&x=1", f"cookie: glas={SECRET}; lang=bg", f"__Host-glas={SECRET}",
    f"opened {SECRET} now",
    f"POST /session {{'ticket': '{SECRET}'}}", "typed ABCDE-FGHJK-MNPQR2", "abcde-fghjk-mnpqr2",
    "ana@example.org joined",
    "password=Tайна-parola", "otpauth://totp/Glas:ana?secret=JBSWY3DPEHPK3PXP", "recovery K7M2P-9QRST-AB3CD-EF4GH",
)  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_a_line_keeps_no_secret(line: str):
    told = redaction.clean(line)

    for secret in (SECRET, "FGHJK", "fghjk", "ana@", "parola", "JBSWY", "9QRST"):
        assert secret not in told


@pytest.mark.parametrize("line", [
    "GET /results?round=2026 200", "round 2026 closed, 312 ballots", "12:30:15 started on http://127.0.0.1:8501",
    "streamlit 1.67.0", "alembic 0004_nobody_comes_in",
])  # fmt: skip
def test_an_ordinary_line_stays_as_it_is(line: str):
    assert redaction.clean(line) == line


def test_addresses_in_lines_are_truncated():
    assert redaction.clean("203.0.113.77:5123 - GET /") == "203.0.113.0/24:5123 - GET /"
    assert redaction.clean("from 2001:db8:1:2::4 now") == "from 2001:db8:1::/48 now"


@pytest.fixture
def cleaned(monkeypatch: pytest.MonkeyPatch):
    before = logging.getLogRecordFactory()
    monkeypatch.setattr(logging, "raiseExceptions", True)
    logging.setLogRecordFactory(redaction.Cleaned)
    yield
    logging.setLogRecordFactory(before)


def test_every_record_is_cleaned_with_its_arguments_and_traceback(cleaned: None, caplog: pytest.LogCaptureFixture):
    log = logging.getLogger("test.redaction")
    try:
        raise ValueError(f"token={SECRET}")
    except ValueError:
        log.exception("failed for %s", "ana@example.org", stack_info=True)
    log.warning("%s and %s", SECRET)

    assert SECRET not in caplog.text and "ana@" not in caplog.text and "ValueError" in caplog.text
    assert "its parts do not fit" in caplog.text


def test_control_a_record_of_the_usual_kind_keeps_it_all(caplog: pytest.LogCaptureFixture):
    logging.getLogger("test.redaction").warning("failed for %s", "ana@example.org")

    assert "ana@example.org" in caplog.text


ROWS = (
    'duplicate key value violates unique constraint "slot_lookup"\nDETAIL:  Key (lookup)=(Zlatka) already exists.',
    "null value\nDETAIL:  Failing row contains (7, Zlatka, 2009,\n\nZlatka, x).\n[SQL: INSERT INTO slot]",
    "null value\nПОДРОБНОСТИ:  строка содержит (7, Zlatka).\n[SQL: INSERT INTO slot]",
    "Failing row contains (7, Zlatka).", "Key (lower(name::text))=(Zlatka) is not present",
    "[SQL: INSERT INTO slot]\n[parameters: ('Zlatka', 2009)]\n(Background on this error at: x)",
    'invalid input syntax for type integer: "Zlatka"',
)  # fmt: skip


@pytest.mark.parametrize("line", ROWS)
def test_a_row_that_a_database_quotes_is_taken_out(line: str):
    told = redaction.clean(line)

    assert "Zlatka" not in told and told[:9] == line[:9]
    assert ("INSERT INTO slot" in told) is ("INSERT INTO slot" in line)


def test_a_receipts_number_stands_in_no_line():
    assert redaction.clean("asked for 12-PISMO-567-BODIL and 3-книга-14-река.") == "asked for […] and […]."


def test_a_truncated_address_stays_as_it_is():
    assert redaction.clean("203.0.113.0/24 GET /rules") == "203.0.113.0/24 GET /rules"
    assert redaction.clean("2001:db8:1::/48 GET /rules") == "2001:db8:1::/48 GET /rules"
