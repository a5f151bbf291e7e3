"""Seals, commitments and shares: what is closed stays closed, and opens to exactly what went in."""

import itertools

import pytest
from nacl.public import PrivateKey

from core.trust import commitments, sealing, shares

KEY = PrivateKey.generate()
OPENING = commitments.Opening("budget-2027", "ab" * 16, 3, bytes(64), "47-клен-309-река", '["a","b"]')


def test_what_is_sealed_comes_out_again():
    assert sealing.unseal(sealing.seal(b"ballot", KEY.public_key, room=64), KEY) == b"ballot"


def test_the_length_tells_nothing():
    short, long = (sealing.seal(text, KEY.public_key, room=64) for text in (b"", b"x" * 64))

    assert len(short) == len(long)


def test_two_seals_of_one_ballot_differ():
    assert sealing.seal(b"x", KEY.public_key, room=8) != sealing.seal(b"x", KEY.public_key, room=8)


def test_no_room_is_refused():
    with pytest.raises(ValueError, match="do not fit"):
        sealing.seal(b"x" * 65, KEY.public_key, room=64)


@pytest.mark.parametrize("at", [0, 40, 60, -1])
def test_an_altered_seal_is_refused(at):
    sealed = bytearray(sealing.seal(b"ballot", KEY.public_key, room=64))
    sealed[at] ^= 1

    with pytest.raises(sealing.SealBroken):
        sealing.unseal(bytes(sealed), KEY)


def test_another_key_opens_nothing():
    with pytest.raises(sealing.SealBroken):
        sealing.unseal(sealing.seal(b"ballot", KEY.public_key, room=64), PrivateKey.generate())


def test_every_field_of_an_opening_is_fixed_by_its_commitment():
    others = [
        commitments.Opening("budget-2028", *list(_fields())[1:]),
        *(
            commitments.Opening(*(other if at == spot else field for at, field in enumerate(_fields())))
            for spot, other in [(1, "cd" * 16), (2, 4), (3, b"\1" * 64), (4, "48-клен-309-река"), (5, '["a"]')]
        ),
    ]

    assert len({OPENING.commitment(), *(other.commitment() for other in others)}) == 7


def test_an_opening_travels_as_bytes():
    assert commitments.Opening.from_bytes(OPENING.to_bytes()) == OPENING


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"\xff", OPENING.to_bytes() + b" ", OPENING.to_bytes()[:-1]])
def test_anything_else_is_not_an_opening(raw):
    with pytest.raises(ValueError):
        commitments.Opening.from_bytes(raw)


def test_any_two_of_three_open():
    key = bytes(KEY)

    for one, other in itertools.permutations(shares.split(key), 2):
        assert shares.join(one, other) == key


def test_a_share_may_be_typed_carelessly():
    key = bytes(KEY)
    first, second, _ = shares.split(key)

    assert shares.join(first.lower().replace("-", " "), second.replace("O", "0").replace("I", "1")) == key


def test_a_mistyped_share_is_found():
    first, second, _ = shares.split(bytes(KEY))
    wrong = ("A" if first[12] != "A" else "C").join((first[:12], first[13:]))

    with pytest.raises(shares.ShareWrong):
        shares.join(wrong, second)


def test_one_share_twice_or_shares_of_two_keys_do_not_open():
    first, second, _ = shares.split(bytes(KEY))
    foreign, _, _ = shares.split(bytes(PrivateKey.generate()))

    for one, other in [(first, first), (foreign, second)]:
        with pytest.raises(shares.SharesDiffer):
            shares.join(one, other)


def test_one_share_alone_fits_every_key():
    # Whatever the key is, some slope gives this very share: so the share says nothing about the key.
    reachable = {key ^ shares._times(slope, 2) for key in (0, 255) for slope in range(256)}

    assert reachable == set(range(256))


def _fields():
    return (OPENING.round, OPENING.slot, OPENING.revision, OPENING.nonce, OPENING.number, OPENING.choices)
