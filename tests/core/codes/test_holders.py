"""A lost code is replaced once: however often it is asked for, one code stays good, and it gives one vote."""

import pytest

from core import codes
from core.codes import desk, holders
from core.errors import CodeReplaced, CodeSpent, GlasError
from core.store import reading, transaction
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
