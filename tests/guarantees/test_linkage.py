"""Somebody steals the database, its journal included, and knows who voted in which order – but has no keys.

Her best guess, voter by voter, is no better than a draw from the batch.
"""

from math import sqrt

import pytest

from core.store import reading
from core.trust import sealing, waiting
from db import engine, leftovers
from pages.server import lifespan
from tests.helpers import boxes
from tests.helpers.sizes import ATTACKED, ATTACKS
from tests.helpers.thief import contents, in_boxes, linked, marks, slot_of, tell

K = 20
WAITING = 2 * K - 1  # as many ballots as can wait for a batch
BOUND = 1 / K + 3 * sqrt(1 / K * (1 - 1 / K) / ATTACKED)
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize(
    "database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def round_(town, database):
    """Give a round in voting; what other tests have left in PostgreSQL's files is gone."""
    if not database.startswith("sqlite"):
        tell("VACUUM FULL")
    return boxes.round_in_voting(town, tally_step=K)


def vote(town, round_, number=ATTACKED):
    """Let so many people vote; return the slots in the order in which they were filled."""
    voters = boxes.people(town, number)
    for voter in voters:
        boxes.cast(town, voter, ["p01", "p02"], round_=round_)
    assert len(in_boxes()) + len(boxes.rows("SELECT 1 FROM pending_leaf")) == number % (2 * K)
    return [slot_of(round_, voter) for voter in voters]


def batches():
    """Return the slots of each batch, which everyone can see on the board."""
    found = boxes.rows("SELECT slot.id FROM leaf JOIN slot ON slot.commitment = leaf.commitment ORDER BY position")
    ids = [row.id for row in found]
    return [ids[start : start + 2 * K] for start in range(0, len(ids), 2 * K)]


def by_place(database):
    """Return guesses of the order in which slots came, by where they lie in the database's files."""
    guesses, known = [], marks()
    for raw in contents(database):
        places = []
        for mark, name in known.items():
            place = raw.find(mark)
            while place >= 0:
                places.append((place, name))
                place = raw.find(mark, place + 1)
        # The first place of a slot, its last, and the same within each page, whose cells are filled from the end.
        places.sort()
        first, last = {name: place for place, name in reversed(places)}, {name: place for place, name in places}
        for where in (first, last):
            guesses.append(sorted(where, key=lambda name, where=where: where[name]))
            for page in (4096, 8192):
                key = lambda name, where=where, page=page: (where[name] // page, -where[name])  # noqa: E731
                guesses.append(sorted(where, key=key))
    return guesses


def by_query(database):
    """Return guesses by the order in which the database gives its rows, and by what PostgreSQL writes beside each."""
    if database.startswith("sqlite"):
        return [[row.id for row in boxes.rows("SELECT id FROM slot")]]
    orders = ("xmin::text::bigint, ctid", "ctid")
    guesses = [[row.id for row in boxes.rows(f"SELECT id FROM slot ORDER BY {order}")] for order in orders]
    # What is long lies elsewhere, under numbers that count up.
    (kept,) = boxes.rows("SELECT reltoastrelid::regclass AS name FROM pg_class WHERE relname = 'slot'")
    known = {bytes(row.sealed): row.id for row in boxes.rows("SELECT id, sealed FROM slot")}
    long = boxes.rows(
        "SELECT string_agg(chunk_data, ''::bytea ORDER BY chunk_seq) AS sealed"
        f" FROM {kept.name} GROUP BY chunk_id ORDER BY chunk_id::bigint"
    )
    return [*guesses, [known[bytes(row.sealed)] for row in long if bytes(row.sealed) in known]]


def best(order, guesses, found=None):
    """Return the share of the best guess, forwards or backwards; of ballots in batches, for that is what is claimed."""
    found = found or batches()
    return max(linked(order, guess[::step], found) for guess in guesses for step in (1, -1))


def stolen(database):
    """Return the guesses of a thief: of SQLite's files, or of a dump of PostgreSQL with all it says beside the rows."""
    return by_query(database) + (by_place(database) if database.startswith("sqlite") else [])


@pytest.mark.parametrize("attack", range(ATTACKS))
@pytest.mark.parametrize("number", [ATTACKED, ATTACKED + WAITING])
def test_the_stolen_database_tells_no_order_of_what_is_in_batches(town, round_, database, number, attack):
    order = vote(town, round_, number)

    assert best(order, stolen(database)) <= BOUND


@pytest.mark.parametrize("boxed", [True, False])
def test_what_waits_for_its_batch_tells_no_order_either_but_for_its_box(town, round_, database, monkeypatch, boxed):
    if not boxed:
        without_the_box(monkeypatch)
    last = vote(town, round_, ATTACKED + WAITING)[-WAITING:]

    # Of the few that wait, chance alone finds more.
    assert (best(last, stolen(database), [sorted(last)]) <= 5 / WAITING) == boxed


def test_control_without_rewriting_and_emptying_the_order_is_there(town, round_, database, monkeypatch):
    let_lie(monkeypatch)

    assert best(vote(town, round_), stolen(database)) > BOUND


def without_the_box(monkeypatch):
    """Have each ballot stand in its rows at once, as in a round that was begun before there were boxes."""
    monkeypatch.setattr(waiting, "room", lambda _step: 1)


def let_lie(monkeypatch):
    """Have everything lie where it came."""
    without_the_box(monkeypatch)
    monkeypatch.setattr(leftovers, "rewrite", lambda *_: None)
    monkeypatch.setattr(leftovers, "empty_journal", lambda: False)


@pytest.mark.parametrize("rewritten", [True, False])
def test_ballots_that_are_long_tell_no_order_but_for_the_rewriting(town, round_, database, monkeypatch, rewritten):
    monkeypatch.setattr(sealing, "room", lambda *_: 6000)
    without_the_box(monkeypatch)
    if not rewritten:
        let_lie(monkeypatch)
    order = vote(town, round_)
    # On PostgreSQL the last guess is by the numbers of what is long, the first ones are not.
    guesses = stolen(database) if database.startswith("sqlite") else by_query(database)[-1:]

    assert (best(order, guesses) <= BOUND) == rewritten


@SQLITE
def test_the_order_goes_when_nobody_reads_any_more(town, round_, database, monkeypatch):
    without_the_box(monkeypatch)
    with reading() as session:
        session.connection().exec_driver_sql("SELECT count(*) FROM slot").all()
        order = vote(town, round_, ATTACKED + WAITING)
        lifespan.finish()
        # The control: what somebody reads from cannot be emptied.
        assert best(order, stolen(database)) > BOUND

    lifespan.finish()

    assert best(order, stolen(database)) <= BOUND


def closed(town, round_):
    boxes.close(town, round_.id, boxes.end_voting(round_.id))


@POSTGRESQL
def test_while_people_vote_the_files_of_tables_tell_no_order(town, round_, database):
    order = vote(town, round_, ATTACKED + WAITING)

    assert best(order, by_place(database)) <= BOUND


@pytest.mark.parametrize("attack", range(ATTACKS))
def test_after_the_close_no_file_tells_an_order_of_what_was_in_no_box(town, round_, database, attack, monkeypatch):
    without_the_box(monkeypatch)
    order = vote(town, round_, ATTACKED + WAITING)
    if not database.startswith("sqlite"):
        # The control: while people vote, PostgreSQL's files hold what was replaced, and a plain VACUUM changes nothing.
        tell("VACUUM")
        assert best(order, by_place(database)) > BOUND

    closed(town, round_)
    lifespan.finish()

    assert best(order, by_query(database) + by_place(database)) <= BOUND


@POSTGRESQL
@pytest.mark.parametrize("looked_at", ["round", "slot"])
def test_what_somebody_still_sees_is_given_up_afterwards(town, round_, database, looked_at, monkeypatch):
    without_the_box(monkeypatch)
    order = vote(town, round_, ATTACKED + WAITING)
    with reading() as session:
        # Of the slots, this makes us wait; of anything else, it makes PostgreSQL keep what it could still show.
        session.connection().exec_driver_sql(f"SELECT count(*) FROM {looked_at}").all()
        closed(town, round_)
        lifespan.finish()
        assert best(order, by_place(database)) > BOUND

    lifespan.finish()

    assert best(order, by_place(database)) <= BOUND


def test_no_table_of_the_vote_holds_a_time_a_person_or_a_row_number(town, database):
    boxes.cast(town, town.resident, ["p01"])
    for table in ("slot", "waiting_box", "pending_leaf", "leaf", "receipt"):
        with engine.engine().connect() as connection:
            names = set(connection.exec_driver_sql(f"SELECT * FROM {table}").keys())
            assert not {name for name in names if "person" in name or name.endswith("_at")}
            if database.startswith("sqlite") and table != "waiting_box":
                with pytest.raises(Exception, match="rowid"):
                    connection.exec_driver_sql(f"SELECT rowid FROM {table}")


def test_every_sealed_ballot_is_as_long_as_every_other(town):
    for voter, choices in zip(boxes.people(town, 3), (["p01"], ["p01", "p02"], ["p01", "p02", "p03"]), strict=True):
        boxes.cast(town, voter, choices)
    assert len({len(row.sealed) for row in boxes.rows("SELECT sealed FROM slot")}) == 1
