"""Slips that wait: sealed, for the sign-in only that made them, until their release or for a day."""

from datetime import timedelta

import pytest

from core import codes
from core.codes import desk, slips
from core.errors import CodeUnknown, NotAllowed, NotFound, SlipUnknown
from core.settings import settings
from core.store import reading, transaction
from tests.helpers import boxes
from tests.helpers.worlds import Town

TOKEN, OTHER = "a" * 43, "b" * 43


@pytest.fixture
def round_(town: Town):
    return boxes.round_in_voting(town, code_required=True)


@pytest.fixture
def made(town: Town, round_) -> tuple[int, tuple[str, ...]]:
    """Give a batch of three whose slips wait for the organiser's sign-in."""
    with transaction() as session:
        new = codes.make_batch(session, town.organiser, round_.id, "ПМГ", 3, at=town.at)
        batch_id = codes.batch_of(session, town.organiser, round_.id, new[1])
    slips.put(slips.folder(batch_id), slips.seal(batch_id, TOKEN), "slips.pdf", b"%PDF with " + new[0].encode())
    return batch_id, new


def read(town: Town, batch_id: int, token: str = TOKEN, name: str = "organiser", at=None) -> bytes:
    with reading() as session:
        return slips.read(session, town.people[name], batch_id, "slips.pdf", token=token, at=at or town.at)


def test_who_made_them_gets_them_again_and_again(town: Town, made):
    batch_id, new = made
    assert read(town, batch_id) == read(town, batch_id) == b"%PDF with " + new[0].encode()
    assert slips.names(batch_id, TOKEN) == ("slips.pdf",)


def test_nobody_else_gets_them_not_even_in_another_browser_of_hers(town: Town, made):
    batch_id, _ = made
    for token, name in ((OTHER, "organiser"), (OTHER, "second_organiser"), (TOKEN, "second_organiser")):
        with pytest.raises(NotFound):
            read(town, batch_id, token, name)
    with pytest.raises(NotAllowed):
        read(town, batch_id, TOKEN, "resident")
    assert slips.names(batch_id, OTHER) == ()


def test_what_lies_on_the_server_tells_no_code(town: Town, made):
    _, new = made
    lying = b"".join(
        file.read_bytes()
        for root in (settings().data_dir, settings().key_dir)
        for file in root.rglob("*")
        if file.is_file()
    )
    assert TOKEN.encode() not in lying
    assert not [code for code in new if code.encode() in lying or code.replace("-", "").encode() in lying]


def test_control_what_is_not_sealed_would_be_found(town: Town, made):
    batch_id, new = made
    (slips.folder(batch_id) / "open").write_bytes(read(town, batch_id))
    assert new[0].encode() in (slips.folder(batch_id) / "open").read_bytes()


def test_they_go_with_the_release(town: Town, round_, made):
    batch_id, _ = made
    boxes.release(town, round_.id, batch_id, town.at)
    with pytest.raises(NotFound):
        read(town, batch_id)
    with reading() as session:
        assert slips.sweep(session, at=town.at) == 1
    assert not slips.folder(batch_id).exists()


def test_they_go_after_a_day_and_not_before(town: Town, made):
    batch_id, _ = made
    almost, over = town.at + timedelta(hours=23, minutes=59), town.at + timedelta(hours=24)
    with reading() as session:
        assert slips.sweep(session, at=almost) == 0
    assert read(town, batch_id, at=almost)
    with pytest.raises(NotFound):
        read(town, batch_id, at=over)
    with reading() as session:
        assert slips.sweep(session, at=over) == 1
    assert not slips.folder(batch_id).exists()


def test_they_go_with_a_batch_that_is_discarded(town: Town, round_, made):
    batch_id, _ = made
    with transaction() as session:
        codes.discard(session, town.organiser, round_.id, batch_id, at=town.at)
    with reading() as session:
        assert slips.sweep(session, at=town.at) == 1


def test_a_login_that_is_confirmed_with_the_password_opens_them_still(town: Town, made):
    batch_id, _ = made
    slips.hand_over(TOKEN, OTHER)
    assert read(town, batch_id, OTHER)
    with pytest.raises(NotFound):
        read(town, batch_id, TOKEN)


def test_a_lost_code_is_found_by_the_number_of_its_slip(town: Town, round_, made):
    batch_id, new = made
    boxes.release(town, round_.id, batch_id, town.at)
    desk.use(transaction, town.resident, round_.id, new[1], address="192.0.2.7", at=town.at)
    with transaction() as session:
        fresh = desk.reissue(session, town.organiser, round_.id, f" № {batch_id} – 2 ", at=town.at)
        reissued = codes.batch_of(session, town.organiser, round_.id, fresh)
    boxes.release(town, round_.id, reissued, town.at)

    # The second code is void, with the right to vote of who used it; its neighbours are not.
    with reading() as session:
        roll = boxes.rows("SELECT person_id FROM roll WHERE round_id = :id", id=round_.id)
        assert roll == [] and codes.slip_number(reissued, 1) == f"{reissued}-1"
    desk.use(transaction, town.resident, round_.id, fresh, address="192.0.2.7", at=town.at)
    desk.use(transaction, town.neighbour, round_.id, new[0], address="192.0.2.7", at=town.at)


def test_a_number_that_is_on_no_slip_of_the_round_is_said_so(town: Town, round_, made):
    batch_id, _ = made
    for number in (f"{batch_id}-4", f"{batch_id}-0", f"{batch_id + 1}-1"):
        with transaction() as session, pytest.raises(SlipUnknown):
            desk.reissue(session, town.organiser, round_.id, number, at=town.at)
    with transaction() as session, pytest.raises(CodeUnknown):
        desk.reissue(session, town.organiser, round_.id, "no number", at=town.at)


def test_a_schools_list_and_the_stolen_database_do_not_tell_whose_code_was_used(town: Town, round_, made):
    batch_id, _ = made
    boxes.release(town, round_.id, batch_id, town.at)
    rows = boxes.rows("SELECT digest, slip FROM code ORDER BY id")
    # What stands in a row of the number is a keyed hash, and the rows stand in the order of other keyed hashes.
    assert len({bytes(slip) for _, slip in rows}) == 3 and all(len(bytes(slip)) == 32 for _, slip in rows)
    assert [bytes(digest) for digest, _ in rows] == sorted(bytes(digest) for digest, _ in rows)


def test_only_who_may_see_codes_learns_of_their_batch(town: Town, round_, made):
    _, new = made
    with reading() as session:
        with pytest.raises(NotAllowed):
            codes.batch_of(session, town.resident, round_.id, new[0])
        with pytest.raises(CodeUnknown):
            codes.batch_of(session, town.organiser, town.round.id, new[0])
