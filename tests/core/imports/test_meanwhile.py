"""While an election is imported people vote, nobody sees half of it, and a file costs no more than a real one."""

from datetime import UTC, datetime, timedelta
from tempfile import TemporaryFile
from threading import Lock, Thread

import pytest

from core import rounds
from core.counting import pabulib
from core.errors import AlreadyImported, FileWrong
from core.imports import _reading, _staging, elections
from core.permissions import OPERATOR
from core.store import reading, transaction
from core.tally.loading import load_election
from db import tables
from tests.core.imports.test_elections import APPROVAL, SMALL, take_in, whole
from tests.helpers import boxes

AT = datetime(2026, 11, 23, tzinfo=UTC)
HEAD = APPROVAL[: APPROVAL.index("1;b/1")]


def large(ballots):
    """Return a file with so many ballots."""
    lines = (f"{number};{('b/1', 'a2', 'b/1,a2')[number % 3]};20" for number in range(ballots))
    return (HEAD.replace("num_votes;3", f"num_votes;{ballots}") + "\n".join(lines) + "\n").encode()


def left():
    """Return how many rows there are of what an import writes."""
    names = ("round", "project", "category", "open_ballot")
    return [boxes.rows(f"SELECT count(*) FROM {name}")[0][0] for name in names]


def imported():
    with reading() as session:
        return rounds.rounds(session, OPERATOR, imported=True)


def test_people_vote_between_the_pieces_and_nobody_sees_any_of_it(town, monkeypatch):
    monkeypatch.setattr(_staging, "PIECE", 50)
    voters, seen, told, made = boxes.people(town, 12), [], [], []
    work = Thread(target=lambda: made.append(take_in(large(6_000), progress=told.append)))
    work.start()
    cast = 0
    for voter in voters:
        assert boxes.cast(town, voter, ["p01"]).signature
        cast += work.is_alive()
        seen.append((imported(), work.is_alive()))
    work.join()

    assert cast >= len(voters) // 2
    assert all(found == () for found, still in seen if still)
    assert [each.id for each in imported()] == [made[0].id]
    assert boxes.rows("SELECT count(*) FROM open_ballot WHERE round_id = :id", id=made[0].id) == [(6_000,)]
    assert told == sorted(told) and told[-1] == 1


def test_no_transaction_is_open_while_a_file_is_read(database, monkeypatch):
    """Whoever wants to write can do so: here the reading itself."""
    real = _reading._head

    def head(answer, tell):
        boxes.change("UPDATE municipality SET slug = slug")
        return real(answer, tell)

    monkeypatch.setattr(_reading, "_head", head)

    assert take_in().slug == "poland-lodz-2022"


def test_no_piece_is_large_and_after_each_the_database_rests(town, monkeypatch):
    sizes, rests = [], []
    real = _staging.insert
    monkeypatch.setattr(_staging.time, "sleep", rests.append)
    monkeypatch.setattr(
        _staging,
        "write",
        lambda open_, table, rows, to=_staging.write: (sizes.append(len(rows)), to(open_, table, rows)),
    )
    assert real is _staging.insert

    take_in(large(1_700))

    assert max(sizes) == 500 and sizes.count(500) == 3
    assert len(rests) >= len(sizes) and all(rests)


class Left(BaseException):
    """Somebody has left the page."""


@pytest.mark.parametrize("when", [0.1, 0.6, 0.95])
def test_what_is_broken_off_leaves_nothing(town, when):
    before = left()

    def tell(share):
        if share > when:
            raise Left

    with pytest.raises(Left):
        take_in(large(3_000), progress=tell)

    assert left() == before
    assert take_in(large(3_000)).slug == "poland-lodz-2022"


def test_what_a_crash_has_left_is_seen_by_nobody_and_goes_after_an_hour(town, monkeypatch):
    before = left()
    monkeypatch.setattr(_staging, "discard", lambda *_: None)
    with pytest.raises(Left):
        take_in(large(3_000), progress=lambda share: share < 0.9 or (_ for _ in ()).throw(Left))
    monkeypatch.undo()
    (hidden,) = boxes.rows("SELECT id, slug FROM round WHERE imported")
    assert left() != before and imported() == ()
    with reading() as session:
        assert rounds.current(session, town.organiser, town.at).id == town.round.id

    assert elections.sweep(transaction, at=AT + timedelta(minutes=59)) == 0
    assert take_in(large(10)).slug == "poland-lodz-2022"
    assert elections.sweep(transaction, at=AT + timedelta(hours=1)) == 1

    assert boxes.rows("SELECT 1 FROM round WHERE id = :id", id=hidden.id) == []
    assert [after - one for one, after in zip(before, left(), strict=True)] == [1, 3, 3, 10]
    assert elections.sweep(transaction, at=AT + timedelta(days=1)) == 0


def test_the_same_file_twice_at_once_is_there_once(town, monkeypatch):
    real = _staging.show

    def show(session, *given, **more):
        monkeypatch.setattr(_staging, "show", real)
        return real(session, *given, **more)

    # While the first one is about to be shown, the other is through.
    monkeypatch.setattr(elections, "_stage", lambda *given, to=elections._stage: (second(), to(*given))[1])

    def second():
        monkeypatch.undo()
        # By another process, so that it need not wait for its turn.
        monkeypatch.setattr(_reading, "_turn", Lock())
        take_in()

    with pytest.raises(AlreadyImported):
        take_in()
    assert [each.slug for each in imported()] == ["poland-lodz-2022"]
    assert boxes.rows("SELECT count(*) FROM open_ballot") == [(3,)]


def test_a_process_reads_what_the_server_reads(database):
    data = large(2_000)
    made = take_in(data)
    file = pabulib.read(data)
    with reading() as session:
        instance, profile = load_election(session, made)
        source = session.get_one(tables.Round, made.id).source
    assert instance.projects == file.instance.projects
    assert whole(profile) == whole(file.profile)
    assert [note[0] for note in source["notes"]] == [note.kind for note in file.notes]


@pytest.mark.parametrize("ballots", [3, 12_000])
def test_no_file_is_read_by_the_server_itself_however_small(database, monkeypatch, ballots):
    monkeypatch.setattr(_reading, "_read", lambda *_: pytest.fail("read in the server"))
    monkeypatch.setattr(pabulib, "read", lambda *_: pytest.fail("read in the server"))

    assert take_in(large(ballots)).slug == "poland-lodz-2022"


@pytest.mark.parametrize(("size", "seconds"), [(0, 30), (1, 32), (128, 330), (256, 600)])
def test_a_small_file_gets_less_time(sqlite_database, monkeypatch, size, seconds):
    given = []
    monkeypatch.setattr(_reading.subprocess, "Popen", lambda command, **_: given.append(command[-1]) or exit())
    with pytest.raises(SystemExit), TemporaryFile() as file:
        file.truncate(size * 1024**2 or 1)
        monkeypatch.setattr(_reading, "_file", lambda _: file)
        take_in()
    assert given == [str(seconds)]


def test_a_small_file_that_takes_too_much_is_refused_with_its_reason(sqlite_database, monkeypatch):
    monkeypatch.setattr(_reading, "MEMORY", 16 * 1024**2)

    with pytest.raises(FileWrong) as refusal:
        take_in(SMALL)

    assert refusal.value.reason == "too_much"
    assert left() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("budget;1000.5", "budget;1" + "0" * 19, "budget"),
        ("a2;500.5", "a2;1" + "0" * 19, "cost"),
    ],
)
def test_amounts_that_no_database_keeps_are_refused(database, old, new, column):
    assert old in APPROVAL
    with pytest.raises(FileWrong) as refusal:
        take_in(APPROVAL.replace(old, new).encode())
    assert (refusal.value.reason, refusal.value.column) == ("range", column)
    assert left() == [0, 0, 0, 0]


@pytest.mark.parametrize("said", ["date_begin;0000", "date_begin;9999\ndate_end;9999", "max_length;" + "9" * 20])
def test_days_and_limits_of_no_election_are_passed_over(database, said):
    key = said.partition(";")[0]
    lines = [line for line in APPROVAL.split("\n") if not line.startswith(key)]
    made = take_in("\n".join(lines).replace("PROJECTS\n", f"{said}\nPROJECTS\n", 1).encode())

    assert made.dates.voting_from < made.dates.voting_until < AT + timedelta(days=1)
    assert made.ballot.max_choices in (2, None)


def test_a_place_with_an_endless_name_has_a_short_address(database):
    made = take_in(APPROVAL.replace("unit;Łódź", "unit;" + "българия" * 2_000).encode())

    assert made.slug.startswith("poland") and len(made.slug) <= 60


def test_a_process_says_where_a_file_is_wrong(database):
    with pytest.raises(FileWrong) as refusal:
        take_in(APPROVAL.replace("a2;500.5", "a2;much").encode())
    assert (refusal.value.reason, refusal.value.line, refusal.value.column, refusal.value.value) == (
        "number", 20, "cost", "much",
    )  # fmt: skip
    assert left() == [0, 0, 0, 0]


def test_files_larger_than_any_election_are_refused_at_once(database, monkeypatch):
    many = "".join(f"x{number};1;;;;;;;;\n" for number in range(20_001))
    for data, reason in (
        (HEAD.replace("b/1;500", many + "b/1;500").encode(), "too_many_projects"),
        (HEAD.encode() + b"1;a2;\n" * 2_000_001, "too_many_ballots"),
        (HEAD.replace("A small election", "x" * 8 * 1024**2).encode(), "too_many_projects"),
    ):
        with pytest.raises(FileWrong) as refusal:
            take_in(data)
        assert refusal.value.reason == reason
    monkeypatch.setattr(_reading, "MOST_BYTES", len(SMALL) - 1)
    with pytest.raises(FileWrong) as refusal:
        take_in()
    assert refusal.value.reason == "too_large"
    assert left() == [0, 0, 0, 0]


@pytest.mark.parametrize(("bound", "value"), [("MEMORY", 192 * 1024**2), ("PATIENCE", 1)])
def test_a_process_that_takes_too_much_is_ended(sqlite_database, monkeypatch, bound, value):
    lines = "".join(f'{number};" b/1 , a2 ";20\n' for number in range(1_000_000))
    monkeypatch.setattr(_reading, bound, value)

    with pytest.raises(FileWrong) as refusal:
        take_in((HEAD + lines).encode())

    assert refusal.value.reason == "too_much"
    assert left() == [0, 0, 0, 0]
