"""The Merkle tree against the RFC's own recursive definition, and against altered proofs."""

import hashlib

import pytest

from core.trust import merkle

LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(130)]


def by_definition(leaves):
    """RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:half]) + by_definition(leaves[half:])).digest()


@pytest.mark.parametrize("size", range(131))
def test_root_is_that_of_the_rfc(size):
    assert merkle.root(LEAVES[:size]) == by_definition(LEAVES[:size])


def test_known_roots():
    # The test vectors of Certificate Transparency's reference implementation.
    vectors = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [merkle.leaf_hash(bytes.fromhex(vector)) for vector in vectors]

    assert merkle.root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 64, 100, 130])
def test_every_leaf_is_proved_and_nothing_else(size):
    leaves, top = LEAVES[:size], merkle.root(LEAVES[:size])
    for index, leaf in enumerate(leaves):
        proof = merkle.inclusion_proof(leaves, index)
        assert merkle.includes(top, size, index, leaf, proof)
        assert not merkle.includes(top, size, index, merkle.leaf_hash(b"another"), proof)
        assert not merkle.includes(top, size, (index + 1) % size, leaf, proof) or size == 1
        assert not merkle.includes(top, size, index, leaf, [*proof, top])
        if proof:
            assert not merkle.includes(top, size, index, leaf, proof[:-1])
            assert not merkle.includes(top, size, index, leaf, [flipped(proof[0]), *proof[1:]])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 64, 100])
def test_every_beginning_is_proved_and_nothing_else(size):
    leaves, top = LEAVES[:size], merkle.root(LEAVES[:size])
    for earlier in range(size + 1):
        before, proof = merkle.root(leaves[:earlier]), merkle.consistency_proof(leaves, earlier)
        assert merkle.extends((earlier, before), (size, top), proof)
        assert not merkle.extends((earlier, flipped(before)), (size, top), proof)
        assert not merkle.extends((earlier, before), (size, top), [*proof, top])
        if 0 < earlier < size:
            assert not merkle.extends((earlier, before), (size, flipped(top)), proof)
            assert not merkle.extends((earlier, before), (size, top), [flipped(proof[0]), *proof[1:]])


def test_a_rewritten_beginning_is_not_consistent():
    old, new = LEAVES[:50], [*LEAVES[:20], merkle.leaf_hash(b"swapped"), *LEAVES[21:80]]

    proof = merkle.consistency_proof(new, 50)

    assert not merkle.extends((50, merkle.root(old)), (80, merkle.root(new)), proof)


def flipped(digest):
    return bytes([digest[0] ^ 1]) + digest[1:]
