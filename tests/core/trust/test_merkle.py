"""The growing tree and its proofs: the RFC's recursive definitions, published vectors, altered proofs."""

import hashlib

import pytest

from core.trust import merkle
from core.trust.merkle import Tree
from tests.helpers import rfc9162

LARGEST = 130
EVERY_BIT = 17  # up to this size a proof is altered in each of its bits; beyond, in one bit of each hash
DATA = tuple(number.to_bytes(2, "big") for number in range(LARGEST))
LEAVES = [merkle.leaf_hash(data) for data in DATA]

# Certificate Transparency's reference implementation: eight leaves, their roots and some proofs, hash by hash.
CT_DATA = tuple(
    bytes.fromhex(written)
    for written in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
)
CT_ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
L0, L1, L4, L6 = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
)
L01, L23, L45, L67 = (
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
)
L03, L47 = (
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
)
# (index, size) and (first, second)
CT_PATHS = {
    (0, 1): (), (0, 8): (L1, L23, L47), (5, 8): (L4, L67, L03), (2, 3): (L01,), (1, 5): (L0, L23, L4)
}  # fmt: skip
CT_PROOFS = {
    (1, 1): (), (1, 8): (L1, L23, L47), (6, 8): (L45, L67, L03), (2, 5): (L23, L4), (6, 7): (L45, L6, L03)
}  # fmt: skip

every_size = pytest.mark.parametrize("size", range(1, LARGEST + 1))


# The vectors


def test_published_roots_are_ours_and_the_oracles():
    tree = grown(CT_DATA)
    for size, known in enumerate(CT_ROOTS):
        assert tree.root(size).hex() == rfc9162.MTH(CT_DATA[:size]).hex() == known


def test_published_proofs_are_ours_and_the_oracles():
    tree = grown(CT_DATA)
    for (index, size), known in CT_PATHS.items():
        ours = tree.inclusion(index, size)
        assert told(ours) == told(rfc9162.PATH(index, CT_DATA[:size])) == known
        assert rfc9162.root_of_path(index, size, tree.levels[0][index], ours).hex() == CT_ROOTS[size]
    for (first, second), known in CT_PROOFS.items():
        ours = tree.consistency(first, second)
        assert told(ours) == told(rfc9162.PROOF(first, CT_DATA[:second])) == known
        old, new = (bytes.fromhex(CT_ROOTS[size]) for size in (first, second))
        assert merkle.extends((first, old), (second, new), ours)


# All sizes: each side believes the other's proofs, and no path leads to the root under another number


@every_size
def test_every_leaf_is_proved_under_no_other_number(size):
    tree, top = grown(DATA[:size]), rfc9162.MTH(DATA[:size])
    for index, leaf in enumerate(LEAVES[:size]):
        proof = tree.inclusion(index)
        assert rfc9162.root_of_path(index, size, leaf, proof) == top
        for other in range(size) if size <= 33 else ((index + 1) % size, (index ^ 1) % size):
            assert other == index or rfc9162.root_of_path(other, size, leaf, proof) != top


@every_size
def test_every_beginning_is_proved_as_the_rfc_does(size):
    tree, top = grown(DATA[:size]), rfc9162.MTH(DATA[:size])
    for first in range(1, size + 1):
        before = rfc9162.MTH(DATA[:first])
        ours, theirs = tree.consistency(first), rfc9162.PROOF(first, DATA[:size])
        assert ours == theirs
        assert rfc9162.roots_of_proof(first, size, before, ours) == (before, top)
        assert merkle.extends((first, before), (size, top), theirs)
        assert first == size or not merkle.extends((size, top), (first, before), theirs)


def test_nothing_begins_everything_and_needs_no_proof():
    nothing, tree = hashlib.sha256(b"").digest(), grown(DATA)
    assert merkle.nothing() == nothing
    for size in range(LARGEST + 1):
        top = rfc9162.MTH(DATA[:size])
        assert tree.consistency(0, size) == []
        assert merkle.extends((0, nothing), (size, top), [])
        assert not merkle.extends((0, top if size else flipped(nothing)), (size, top), [])
        assert not merkle.extends((0, nothing), (size, top), [top])


# Whatever is altered is refused


@every_size
def test_an_altered_proof_of_a_beginning_is_refused(size):
    tree, top = grown(DATA[:size]), rfc9162.MTH(DATA[:size])
    for first in range(1, size + 1):
        before, proof = rfc9162.MTH(DATA[:first]), tree.consistency(first)
        for wrong in altered(proof, size, top, before):
            assert not merkle.extends((first, before), (size, top), wrong)
        for bit in bits(size, first):
            assert not merkle.extends((first, flipped(before, bit)), (size, top), proof)
            assert not merkle.extends((first, before), (size, flipped(top, bit)), proof)


@pytest.mark.parametrize("size", range(1, LARGEST // 2))
def test_a_tree_is_not_passed_off_as_a_larger_one(size):
    # A root does not say of how many leaves it is; the number of hashes does, and it must fit.
    top, larger = rfc9162.MTH(DATA[:size]), range(size + 1, 2 * size + 1)
    for first in range(1, size + 1):
        before, proof = rfc9162.MTH(DATA[:first]), rfc9162.PROOF(first, DATA[:size])
        for claimed in larger:
            if len(proof) != len(rfc9162.PROOF(first, DATA[:claimed])):
                assert not merkle.extends((first, before), (claimed, top), proof)


def test_a_rewritten_beginning_is_not_consistent():
    old, new = grown(DATA[:50]), grown([*DATA[:20], b"swapped", *DATA[21:80]])

    proof = new.consistency(50)

    assert not merkle.extends((50, old.root()), (80, new.root()), proof)


def test_control_a_reader_who_leaves_out_what_is_too_much_would_be_found_out():
    size, first = 13, 6
    top, before = rfc9162.MTH(DATA[:size]), rfc9162.MTH(DATA[:first])
    proof = grown(DATA[:size]).consistency(first)

    assert any(
        merkle.extends((first, before), (size, top), wrong[: len(proof)]) for wrong in altered(proof, size, top, before)
    )


def grown(content):
    tree = Tree()
    for data in content:
        tree.append(data)
    return tree


def altered(proof, size, *more):
    """Yield the proof with a bit turned, a hash too few, one too many or two in each other's place."""
    for at, step in enumerate(proof):
        for bit in bits(size, at):
            yield [*proof[:at], flipped(step, bit), *proof[at + 1 :]]
        yield [*proof[:at], *proof[at + 1 :]]
        if at and proof[at - 1] != step:
            yield [*proof[: at - 1], step, proof[at - 1], *proof[at + 1 :]]
    for at in range(len(proof) + 1):
        for extra in (*more, *proof[:1], bytes(32)):
            yield [*proof[:at], extra, *proof[at:]]
    for step in proof[-1:]:
        yield [*proof[:-1], step[:-1]]
        yield [*proof[:-1], step + b"\0"]


def bits(size, salt):
    return range(256) if size <= EVERY_BIT else [(size * 31 + salt * 7) % 256]


def flipped(digest, bit=0):
    return digest[: bit // 8] + bytes([digest[bit // 8] ^ 1 << bit % 8]) + digest[bit // 8 + 1 :]


def told(hashes):
    return tuple(digest.hex() for digest in hashes)
