"""Backups: taken while people vote, whole, checked before they are trusted, and never older than the board."""

from __future__ import annotations

import gzip
import random
from pathlib import Path
from threading import Event, Thread

import pytest

from core import clock, trust, voting
from core.audit import bundle
from core.audit.recount import recount
from core.errors import BackupWrong, DatabaseInUse, KeyMissing, LinkRefused, LogRolledBack
from core.operations import backups
from core.settings import settings
from core.store import reading
from core.trust import escrow, keys, verifying
from core.voting.receipts import ReceiptState
from db import engine
from tests.core.audit.test_bundle import auditors
from tests.helpers import boxes, postgres, sizes, voted

PHRASES = ("пет зелени кестена край реката", "seven quiet bridges at noon")


def back_up(path: Path) -> backups.Contents:
    with reading() as session:
        return backups.write(session, path, at=clock.now())


def everything() -> dict[str, list]:
    with reading() as session:
        return {
            table.name: sorted(map(repr, session.connection().execute(table.select()))) for table in engine_tables()
        }


def engine_tables():
    from db import tables

    return tables.metadata.sorted_tables


@pytest.fixture
def fresh(database, tmp_path, request):
    """Give a function that gives the address of an empty database of the same kind, without tables."""
    made = []

    def another() -> str:
        made.append(len(made))
        if database.startswith("sqlite"):
            return f"sqlite:///{tmp_path / f'restored{made[-1]}' / 'glas.db'}"
        return postgres.create(request.getfixturevalue("postgres_server"), f"restored_{random.randrange(10**12)}")

    return another


@pytest.fixture
def elsewhere(fresh):
    return fresh()


def test_a_restored_database_holds_the_same_rows(town, elsewhere, tmp_path):
    voted.vote(town, voted.voters(town, 8))
    before = everything()
    contents = back_up(tmp_path / "glas.tar.gz")
    assert contents.signed and contents.rows["slot"] == 8

    with engine.use(elsewhere):
        assert backups.restore(tmp_path / "glas.tar.gz") == contents
        assert everything() == before
        # New rows find free numbers.
        assert voted.voters(town, 1, first=8)[0].person_id
        with pytest.raises(DatabaseInUse):
            backups.restore(tmp_path / "glas.tar.gz")


def test_a_backup_during_the_vote_restores_to_a_round_that_recounts_to_its_root(town, fresh, tmp_path):
    people = voted.voters(town, 40 + 4 * sizes.BACKUPS)
    files = [tmp_path / f"{number}.tar.gz" for number in range(sizes.BACKUPS)]
    stop, cast = Event(), []

    def keep_voting():
        for person in people:
            if not stop.is_set():
                cast.append(voted.cast(town, person, ["p01", "p02"], 0).number)

    voting = Thread(target=keep_voting)
    voting.start()
    during = []
    for file in files:
        while len(cast) < 3 + 3 * len(during) and voting.is_alive():
            stop.wait(0.001)
        back_up(file)
        during.append(voting.is_alive())
    stop.set()
    voting.join()
    # What was signed since is gone with the lost disk, and so is the memory of it.
    assert any(during)
    for file in files:
        for path in (*settings().key_dir.glob("*/checkpoint"), *settings().key_dir.glob("*/voted-on")):
            path.unlink()
        with engine.use(fresh()) as opened:
            assert backups.restore(file).signed
            trust.forget()
            voted.close(town)
            checks = {check.name: check for check in recount(bundle.to_zip(auditors(town, town.auditor)))}
            assert [name for name, check in checks.items() if check.failed] == []
            assert checks["final"].facts["root"] == board_root(voted.root(town))
            opened.dispose()
    print(f"FIGURES backups during the vote {len(files)} restored and recounted {len(files)}")


def board_root(note: str) -> str:
    import base64

    return base64.b64decode(note.split("\n")[2]).hex()


def test_a_backup_older_than_the_last_checkpoint_is_refused_at_start(town, elsewhere, tmp_path):
    people = voted.voters(town, 12)
    voted.vote(town, people[:6], again=0)
    back_up(tmp_path / "old.tar.gz")
    voted.vote(town, people[6:], again=0)
    back_up(tmp_path / "new.tar.gz")

    with engine.use(elsewhere):
        backups.restore(tmp_path / "old.tar.gz")
        trust.forget()
        with reading() as session, pytest.raises(LogRolledBack) as refusal:
            verifying.refuse_stale(session)
        assert refusal.value.found < refusal.value.expected


def test_the_newest_backup_is_not_refused(town, elsewhere, tmp_path):
    # The control of the test above.
    voted.vote(town, voted.voters(town, 6), again=0)
    back_up(tmp_path / "new.tar.gz")

    with engine.use(elsewhere):
        backups.restore(tmp_path / "new.tar.gz")
        trust.forget()
        with reading() as session:
            verifying.refuse_stale(session)


def test_an_altered_backup_is_refused(town, tmp_path):
    voted.vote(town, voted.voters(town, 4))
    whole = tmp_path / "glas.tar.gz"
    back_up(whole)
    plain = gzip.decompress(whole.read_bytes())
    chance = random.Random(16)
    refused = 0
    for number in range(40):
        altered = tmp_path / f"altered{number}.tar.gz"
        at = chance.randrange(len(plain.rstrip(b"\0")))
        changed = plain[:at] + bytes([plain[at] ^ 1 << chance.randrange(8)]) + plain[at + 1 :]
        altered.write_bytes(gzip.compress(changed if number % 2 else plain[:at], 1))
        try:
            found = backups.check(altered)
        except BackupWrong:
            refused += 1
        else:
            # Only the archive's own padding and its dates may differ unseen.
            assert found.rows == backups.check(whole).rows
    assert refused >= 35


def test_a_signature_of_another_server_is_refused(town, tmp_path, monkeypatch):
    back_up(tmp_path / "glas.tar.gz")
    keys._destroy(Path("log"))
    assert backups.check(tmp_path / "glas.tar.gz").signed is None
    keys.log_key()
    with pytest.raises(BackupWrong) as refusal:
        backups.check(tmp_path / "glas.tar.gz")
    assert refusal.value.problem == "signature"


# Each worker collects the tests by itself: a packed file that holds the second of its making has another name in each.
@pytest.mark.parametrize(
    "content", [b"", b"not a backup", gzip.compress(b"neither is this", mtime=0), b"\x1f\x8b" + b"x" * 99]
)
def test_what_is_no_backup_is_refused(content, tmp_path):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(BackupWrong):
        backups.check(tmp_path / "x")


def test_a_restored_round_without_its_link_is_closed_to_voting(town, elsewhere, tmp_path):
    people = voted.voters(town, 3)
    voted.vote(town, people[:2], again=0)
    back_up(tmp_path / "glas.tar.gz")
    key = keys.link_key(town.round.id)
    sealed = escrow.seal(town.round.slug, key, PHRASES)
    boxes.lose_link(town.round.id)

    with engine.use(elsewhere):
        backups.restore(tmp_path / "glas.tar.gz")
        with pytest.raises(KeyMissing):
            voted.cast(town, people[2], ["p01"], 0)
        slug, opened = escrow.open_seal(sealed, PHRASES[1])
        assert (slug, opened) == (town.round.slug, key)
        keys.put_link_key(town.round.id, opened)
        assert voted.cast(town, people[2], ["p01"], 0).revision == 1
        # Who has voted is known again: she cannot vote a second time.
        assert voted.cast(town, people[0], ["p02"], 1).revision == 2


def test_either_passphrase_opens_a_link_and_nothing_else_does(monkeypatch):
    monkeypatch.setattr(escrow, "EFFORT", 1)
    monkeypatch.setattr(escrow, "MEMORY", 8192 * 1024)
    sealed = escrow.seal("2026", bytes(range(32)), PHRASES)

    assert [escrow.open_seal(sealed, phrase) for phrase in PHRASES] == [("2026", bytes(range(32)))] * 2
    for altered, phrase in (
        (sealed, "pet zeleni kestena"),
        (sealed.replace(b"2026", b"2027"), PHRASES[0]),
        (sealed[:-9], PHRASES[0]),
        (b"{}", PHRASES[0]),
    ):
        with pytest.raises(LinkRefused):
            escrow.open_seal(altered, phrase)
    for wrong in (("short", PHRASES[1]), (PHRASES[0], PHRASES[0])):
        with pytest.raises(LinkRefused):
            escrow.seal("2026", bytes(32), wrong)


def test_a_backup_brings_along_what_waits_for_its_batch(town, elsewhere, tmp_path):
    round_ = boxes.round_in_voting(town, "steps", tally_step=20)
    receipt = boxes.cast(town, town.resident, ["p01"], round_=round_)
    assert back_up(tmp_path / "glas.tar.gz").rows["waiting_box"] == 1

    with engine.use(elsewhere):
        backups.restore(tmp_path / "glas.tar.gz")
        with reading() as session:
            assert boxes.state_of(session, round_.id, receipt.number) is ReceiptState.accepted
            assert voting.my_ballot(session, town.resident, round_.id).choices == ("p01",)
        assert boxes.cast(town, town.resident, ["p02"], 1, round_).revision == 2
