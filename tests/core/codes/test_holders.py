"""Who spent a code: kept sealed, so that a lost one is void with its ballot and replaced once, by one vote's worth."""

import pytest

from core import codes
from core.codes import _batches, desk, holders
from core.errors import CodeReplaced, CodeSpent, CodeUnknown, GlasError, KeyMissing, NotSignedIn
from core.store import reading, transaction
from core.voting import roll
from tests.helpers import boxes
from tests.helpers.worlds import Town


def do(act):
    with transaction() as session:
        return act(session)


@pytest.fixture
def round_(town: Town):
    return boxes.round_in_voting(town, code_required=True)


@pytest.fixture
def lost(town: Town, round_) -> str:
    code, _ = do(lambda session: codes.make_batch(session, town.organiser, round_.id, "ПМГ", 2, at=town.at))
    release(town, round_)
    return code


def reissue(town: Town, round_, code: str) -> str:
    return do(lambda session: desk.reissue(session, town.organiser, round_.id, code, at=town.at))


def waiting(town: Town, round_) -> list[codes.Batch]:
    with reading() as session:
        return [one for one in codes.batches(session, town.organiser, round_.id) if not one.released]


def release(town: Town, round_, batch: codes.Batch | None = None) -> None:
    chosen = batch or waiting(town, round_)[-1]
    boxes.release(town, round_.id, chosen.id, town.at)


def use(town: Town, round_, code: str, name: str) -> None:
    desk.use(transaction, town.people[name], round_.id, code, address="192.0.2.7", at=town.at)


def twice_reissued(town: Town, round_, lost: str, monkeypatch) -> tuple[str, str]:
    """Return two codes in place of one, as they could be made before this was refused."""
    with monkeypatch.context() as then:
        then.setattr(holders, "refuse_replaced", lambda *_, **__: None)
        return reissue(town, round_, lost), reissue(town, round_, lost)


def good(town: Town, round_, made: tuple[str, ...]) -> int:
    """Return how many of these codes let somebody vote, each a person of her own."""
    found = 0
    for name, code in zip(("resident", "neighbour"), made, strict=False):
        try:
            use(town, round_, code, name)
        except GlasError:
            continue
        boxes.cast(town, town.people[name], ["p01"], round_=round_)
        found += 1
    return found


def test_a_code_for_which_a_new_one_waits_is_not_replaced_again(town: Town, round_, lost):
    reissue(town, round_, lost)

    with pytest.raises(CodeReplaced) as refusal:
        reissue(town, round_, lost)

    assert not refusal.value.released and len(waiting(town, round_)) == 1


def test_once_the_slip_that_went_astray_is_discarded_another_is_made(town: Town, round_, lost):
    astray = reissue(town, round_, lost)
    (batch,) = waiting(town, round_)
    do(lambda session: codes.discard(session, town.organiser, round_.id, batch.id, at=town.at))

    new = reissue(town, round_, lost)
    release(town, round_)

    assert good(town, round_, (astray, new)) == 1


def test_a_void_code_is_not_replaced_again_and_the_new_one_is(town: Town, round_, lost):
    new = reissue(town, round_, lost)
    release(town, round_)

    with pytest.raises(CodeReplaced) as refusal:
        reissue(town, round_, lost)
    assert refusal.value.released

    newest = reissue(town, round_, new)
    release(town, round_)
    with pytest.raises(CodeSpent):
        use(town, round_, new, "resident")
    use(town, round_, newest, "resident")


def test_of_two_replacements_made_earlier_one_is_released_and_gives_one_vote(town: Town, round_, lost, monkeypatch):
    use(town, round_, lost, "resident")
    boxes.cast(town, town.resident, ["p01"], round_=round_)
    made = twice_reissued(town, round_, lost, monkeypatch)
    first, second = waiting(town, round_)

    release(town, round_, first)
    with pytest.raises(CodeReplaced):
        release(town, round_, second)

    assert [one.id for one in waiting(town, round_)] == [second.id]
    use(town, round_, made[0], "neighbour")
    with pytest.raises(GlasError):
        use(town, round_, made[1], "resident")


def test_control_without_the_refusal_one_lost_code_gives_two_votes(town: Town, round_, lost, monkeypatch):
    made = twice_reissued(town, round_, lost, monkeypatch)
    monkeypatch.setattr(holders, "refuse_replaced", lambda *_, **__: None)
    for batch in waiting(town, round_):
        release(town, round_, batch)

    assert good(town, round_, made) == 2


def digest_of(round_, code: str) -> bytes:
    return _batches.digest(round_.id, codes.check(code))


def held(round_) -> list[bytes | None]:
    return [row.holder for row in boxes.rows("SELECT holder FROM code WHERE round_id = :id AND spent", id=round_.id)]


def test_who_spends_a_code_is_written_so_that_two_look_alike_and_differ(town: Town, round_):
    with transaction() as session:
        made = [holders.sealed(session, who, round_.id, b"d" * 32) for who in (town.resident, town.resident)]
        other = holders.sealed(session, town.neighbour, round_.id, b"d" * 32)

        assert len({*made, other}) == 3 and {len(each) for each in (*made, other)} == {32 + 8 + 40}
        with pytest.raises(NotSignedIn):
            holders.sealed(session, town.guest, round_.id, b"d" * 32)


def test_nobody_spends_a_code_where_the_link_is_lost(town: Town, round_):
    boxes.cast(town, town.resident, ["p01"])
    boxes.lose_link(town.round.id)

    with transaction() as session, pytest.raises(KeyMissing) as refusal:
        holders.sealed(session, town.neighbour, town.round.id, b"d" * 32)

    assert (refusal.value.round_id, refusal.value.key) == (town.round.id, "link")


def test_a_void_code_takes_its_voter_off_the_roll_and_her_ballot_out_of_the_box(town: Town, round_, lost):
    use(town, round_, lost, "resident")
    boxes.cast(town, town.resident, ["p01"], round_=round_)
    (holder,) = held(round_)

    with transaction() as session:
        holders.void(session, round_.id, digest_of(round_, lost))
        assert not roll.on_roll(session, town.resident, round_.id)

    assert holder is not None and held(round_) == [None]
    assert boxes.rows("SELECT withdrawn FROM slot WHERE round_id = :id", id=round_.id) == [(True,)]


def test_an_unknown_code_and_one_of_another_row_void_nothing(town: Town, round_, lost):
    use(town, round_, lost, "resident")
    with transaction() as session, pytest.raises(CodeUnknown):
        holders.void(session, round_.id, b"?" * 32)

    # Who held one code, moved to another's row: it opens nothing there.
    boxes.change("UPDATE code SET holder = (SELECT holder FROM code WHERE spent), spent = true WHERE NOT spent")
    (other,) = (
        bytes(row.digest) for row in boxes.rows("SELECT digest FROM code WHERE round_id = :id", id=round_.id)
        if bytes(row.digest) != digest_of(round_, lost)
    )  # fmt: skip
    with transaction() as session, pytest.raises(CodeUnknown):
        holders.void(session, round_.id, other)


def test_a_code_with_one_in_its_place_is_refused_and_one_that_waits_may_be_passed(town: Town, round_, lost):
    def refused(*, waiting: bool) -> bool | None:
        """Return whether the refusal says that it is released; None if there is none."""
        try:
            with reading() as session:
                holders.refuse_replaced(session, round_.id, digest_of(round_, lost), waiting=waiting)
        except CodeReplaced as refusal:
            return refusal.released
        return None

    assert (refused(waiting=False), refused(waiting=True)) == (None, None)
    reissue(town, round_, lost)
    assert (refused(waiting=False), refused(waiting=True)) == (False, None)
    release(town, round_)
    assert (refused(waiting=False), refused(waiting=True)) == (True, True)


def test_it_is_forgotten_who_spent_which_code_and_the_codes_stay_spent(town: Town, round_, lost):
    use(town, round_, lost, "resident")
    (holder,) = held(round_)
    assert holder is not None

    with transaction() as session:
        holders.forget(session, round_.id)

    assert held(round_) == [None]
    with transaction() as session:
        # Nobody can be told by it any more, so nobody leaves the roll.
        holders.void(session, round_.id, digest_of(round_, lost))
        assert roll.on_roll(session, town.resident, round_.id)


@pytest.mark.parametrize(("spent", "mixed"), [(19, 0), (20, 2), (21, 0), (40, 2)])
def test_codes_and_roll_are_mixed_whenever_twenty_more_are_spent(
    town: Town, round_, spent: int, mixed: int, monkeypatch
):
    do(lambda session: codes.make_batch(session, town.organiser, round_.id, "ПМГ", 50, at=town.at))
    boxes.change(
        "UPDATE code SET spent = true WHERE id IN"
        f" (SELECT id FROM code WHERE round_id = {round_.id} ORDER BY id LIMIT {spent})"
    )
    blurred: list[object] = []
    monkeypatch.setattr(holders.leftovers, "blur", lambda *given: blurred.append(given[2:]))

    with transaction() as session:
        holders.mix_if_due(session, round_.id)

    assert blurred == [(round_.id, "digest"), (round_.id, "person_id")][:mixed]
