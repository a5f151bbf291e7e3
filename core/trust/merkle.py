"""Merkle tree: one hash that stands for a whole list of leaves, and short proofs of what the list holds.

Source: RFC 9162, section 2.1. A tree is given by its leaf hashes in order; positions count from 0. Proofs are lists of
32-byte hashes, from the leaf upwards.
"""

import hashlib
from collections.abc import Sequence

Hashes = Sequence[bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf; another prefix than an inner node's, so that neither can pass for the other."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Hashes) -> bytes:
    """Return the root of the tree over these leaf hashes; of no leaves, the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        # A node without a right neighbour rises unchanged: that is the same tree as the RFC's recursive one.
        paired = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def inclusion_proof(leaves: Hashes, index: int) -> list[bytes]:
    """Return the hashes that lead from the leaf at `index` to the root. Raises IndexError."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    proof, level = [], list(leaves)
    while len(level) > 1:
        neighbour = index ^ 1
        if neighbour < len(level):
            proof.append(level[neighbour])
        paired = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level, index = paired + level[len(paired) * 2 :], index // 2
    return proof


def includes(root_hash: bytes, size: int, index: int, leaf: bytes, proof: Hashes) -> bool:
    """Tell whether the proof shows that the tree of `size` leaves holds this hash at `index` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(step, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, step)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root_hash


def consistency_proof(leaves: Hashes, earlier: int) -> list[bytes]:
    """Return the hashes that show that the tree of the first `earlier` leaves is the beginning of this one.

    Empty for an empty earlier tree and for the same tree. Raises IndexError.
    """
    if not 0 <= earlier <= len(leaves):
        raise IndexError(earlier)
    if earlier in (0, len(leaves)):
        return []
    return _subproof(leaves, earlier, whole=True)


def extends(earlier: tuple[int, bytes], later: tuple[int, bytes], proof: Hashes) -> bool:
    """Tell whether the proof shows that the `later` tree (size, root) begins with the `earlier` (RFC 9162, 2.1.4.2)."""
    (first, first_root), (second, second_root) = earlier, later
    if first > second or (first in (0, second) and proof):
        return False
    if first == 0:
        return first_root == root(())
    if first == second:
        return first_root == second_root
    path = list(proof) if first & (first - 1) else [first_root, *proof]
    if not path:
        return False
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _subproof(leaves: Hashes, earlier: int, *, whole: bool) -> list[bytes]:
    if earlier == len(leaves):
        return [] if whole else [root(leaves)]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:half], leaves[half:]
    if earlier <= half:
        return [*_subproof(left, earlier, whole=whole), root(right)]
    return [*_subproof(right, earlier - half, whole=False), root(left)]
