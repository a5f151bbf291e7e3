"""People leave: nothing of them stays, and the count does not notice."""

import json
from pathlib import Path

import pytest

from core import codes, ideas, journal
from core.codes import desk
from core.errors import CodeSpent, NotSignedIn, SignInFailed
from core.operations import backups
from core.people import accounts, sessions, sign_in
from core.phases import Phase
from core.privacy import erasure, export
from core.settings import settings
from core.store import reading, transaction
from db import engine, migrate, tables
from tests.helpers import boxes, leaks, second_steps, worlds
from tests.helpers.sizes import ERASED
from tests.helpers.worlds import PASSWORD, Town


def do(act):
    with transaction() as session:
        return act(session)


def leave(actor, at):
    do(lambda session: erasure.erase(session, actor, at=at))
    erasure.sweep()


def crowd(town: Town, number: int, round_):
    """Have people join, take part and vote, each with names that stand nowhere else."""
    made = do(lambda session: codes.make_batch(session, town.organiser, round_.id, "x", number, at=town.at))
    with transaction() as session:
        (batch,) = codes.batches(session, town.organiser, round_.id)
    boxes.release(town, round_.id, batch.id, town.at)
    people = []
    for each in range(number):
        joined = accounts.join(
            transaction, town.municipality.id, nickname=f"Zlatka-{each:03}-Q", email=f"zlatka.{each:03}@example.org",
            password=PASSWORD, birth_year=2006, area_id=town.municipality.areas[0].id, language="bg", at=town.at,
            address=f"192.0.{each}.7",
        )  # fmt: skip
        do(lambda session, joined=joined: sessions.open_session(session, joined.actor, at=town.at, device="phone"))
        desk.use(transaction, joined.actor, round_.id, made[each], address=f"192.0.{each}.7", at=town.at)
        boxes.cast(town, joined.actor, [("p01", "p02", "p03")[each % 3]], round_=round_)
        people.append(joined.actor)
    return people, made


def residue(database: str, actor) -> set[tuple[str, str]]:
    """Return where a person still stands: in a column, or in the bytes of SQLite's files."""
    places = leaks.rows()
    if database.startswith("sqlite"):
        places |= leaks.files(settings().data_dir)
    number = str(actor.nickname).removeprefix("Zlatka-").removesuffix("-Q")
    return leaks.find(places, {"name": actor.nickname, "mail": f"zlatka.{number}@", "pseudonym": actor.pseudonym})


@pytest.fixture
def round_(town: Town):
    return boxes.round_in_voting(town, code_required=True, tally_step=5)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.people.passwords.hashed", lambda *_: worlds.password_hash())


def test_nothing_of_them_stays_and_the_count_is_the_same(town: Town, round_, database: str):
    people, made = crowd(town, ERASED, round_)
    migrate._back_up(engine.engine(), "0001")
    assert all(residue(database, actor) for actor in people)
    leaving = people[::2]

    for actor in leaving:
        leave(actor, town.at)

    assert erasure.settle()

    for actor in leaving:
        assert residue(database, actor) == set()
        numbers = [getattr(row, "person_id", None) for row in boxes.rows("SELECT person_id FROM roll")]
        assert actor.person_id not in numbers
    assert all(residue(database, actor) for actor in people[1::2])
    newcomer = boxes.people(town, 1)[0]
    with pytest.raises(CodeSpent):
        desk.use(transaction, newcomer, round_.id, made[0], address="", at=town.at)
    at = boxes.end_voting(round_.id)
    boxes.close(town, round_.id, at)
    boxes.draw(town, round_.id, at)
    assert boxes.open_all(town, round_.id, at).ballots == ERASED
    cast = [json.loads(row.choices) for row in boxes.rows("SELECT choices FROM open_ballot")]
    assert sorted(cast) == sorted([["p01", "p02", "p03"][each % 3]] for each in range(ERASED))


def test_control_a_name_that_is_only_hidden_is_found(town: Town, round_, database: str):
    (actor,), _ = crowd(town, 1, round_)
    boxes.change("UPDATE person SET nickname_key = 'gone' WHERE id = :id", id=actor.person_id)

    assert residue(database, actor)


def test_what_was_judged_stays_without_a_name_the_rest_goes(town: Town):
    with transaction() as session:
        other = worlds.round_in(session, town.municipality.id, Phase.ideas, town.at, slug="ideas", projects=False)
        for status in ("draft", "waiting", "returned", "withdrawn", "accepted", "rejected"):
            session.add(tables.Idea(
                language="bg", round_id=other.id, author_id=town.resident.person_id, title={"bg": status},
                problem={"bg": "p"}, solution={"bg": "s"},
                status=status, created_at=town.at, updated_at=town.at,
            ))  # fmt: skip

    leave(town.resident, town.at)

    left = boxes.rows("SELECT status, author_id FROM idea ORDER BY status")
    assert [tuple(row) for row in left] == [("accepted", None), ("rejected", None)]
    with reading() as session:
        assert {each.author for each in ideas.ideas(session, town.guest, other.id)} <= {None}


def test_the_journal_keeps_a_role_and_a_pseudonym(town: Town):
    do(lambda session: codes.make_batch(session, town.organiser, town.round.id, "x", 1, at=town.at))
    leave(town.organiser, town.at)
    with reading() as session:
        lines = journal.entries(session, town.auditor, town.round.id)

    assert {(line.role, line.name, line.pseudonym) for line in lines} == {("organiser", None, "p-organiser")}


def test_who_left_comes_in_no_more(town: Town):
    token = do(lambda session: sessions.open_session(session, town.resident, at=town.at))
    leave(town.resident, town.at)
    with reading() as session:
        assert sessions.actor_of(session, token, at=town.at) is None
    with pytest.raises(SignInFailed):
        sign_in.enter(transaction, town.municipality.id, "resident", PASSWORD, address="", device="", at=town.at)


def test_a_guest_has_nothing_to_export_or_erase(town: Town):
    with pytest.raises(NotSignedIn):
        do(lambda session: erasure.erase(session, town.guest, at=town.at))
    with reading() as session, pytest.raises(NotSignedIn):
        export.of_person(session, town.guest, at=town.at)


def test_the_export_holds_everything_and_nobody_else(town: Town, round_):
    people, _ = crowd(town, 2, round_)
    mine, other = people
    with reading() as session:
        told = export.of_person(session, mine, at=town.at)
    text = json.dumps(told, ensure_ascii=False)

    assert told["ballot"][0]["choices"] == ["p01"] and len(told["roll"]) == len(told["sign_in"]) == 1
    assert mine.nickname in text and "zlatka.000@example.org" in text
    assert other.nickname not in text and other.pseudonym not in text and str(other.person_id) not in text
    assert not any(name in text for name in export.WITHHELD) and "$argon2" not in text


def test_the_export_has_every_table_that_points_to_a_person(town: Town):
    pointing = {
        table.name
        for table in tables.metadata.tables.values()
        if any(key.column.table.name == "person" for column in table.columns for key in column.foreign_keys)
    }
    with reading() as session:
        assert pointing <= set(export.of_person(session, town.resident, at=town.at))


def backup(town: Town, path: Path) -> dict[str, bytes]:
    """Return a backup and every file in it."""
    with reading() as session:
        backups.write(session, path, at=town.at)
    return leaks.opened("backup", path.read_bytes())


def test_no_dump_export_or_file_holds_a_secret(town: Town, round_, database: str, caplog: pytest.LogCaptureFixture):
    caplog.set_level(0)
    people, made = crowd(town, 6, round_)
    signed = sign_in.enter(
        transaction,
        town.municipality.id,
        people[0].nickname,
        PASSWORD,
        address="203.0.113.77",
        device="phone",
        at=town.at,
    )
    secret = second_steps.set_up(town, "organiser")
    slip = do(lambda session: desk.reset_slip(session, town.organiser, people[1].nickname, at=town.at))
    with reading() as session:
        out = json.dumps(export.of_person(session, people[0], at=town.at)).encode()
    secrets = {
        "password": PASSWORD, "token": signed.token, "link": slip.token, "totp": secret, "address": "203.0.113.77",
        **{f"code {number}": code for number, code in enumerate(made)},
        **{f"spare {number}": code for number, code in enumerate(second_steps.codes[town.organiser.person_id])},
        **leaks.keys(),
    }  # fmt: skip
    places = {**leaks.rows(), **leaks.files(settings().data_dir), "export": out, "log": caplog.text.encode()}
    places |= backup(town, settings().data_dir.parent / "backup.tar.gz")

    assert len(secrets) > 20 and len(places) > 100
    assert leaks.find(places, secrets) == set()
    names = {actor.nickname: actor.nickname for actor in people}
    allowed = {"person.nickname", "person.nickname_key", "export"} | set(leaks.files(settings().data_dir))
    found = {place for place, _ in leaks.find(places, names)}
    assert {place for place in found if "person" not in place.removeprefix("backup ")} <= allowed


def test_control_a_code_in_the_journal_would_be_found(town: Town, round_):
    (_, made) = crowd(town, 1, round_)
    do(lambda session: journal.write(session, town.organiser, "slip", round_id=round_.id, at=town.at, code=made[0]))

    assert ("journal.facts", "code") in leaks.find(leaks.rows(), {"code": made[0]})
