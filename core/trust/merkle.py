"""Merkle tree: the hashes it is made of, and how an observer checks that one tree begins another.

Source: RFC 9162, section 2.1. Proofs are lists of 32-byte hashes, from the leaf upwards; `tree` makes them.
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


def nothing() -> bytes:
    """Return the root of a tree without leaves."""
    return hashlib.sha256(b"").digest()


def extends(earlier: tuple[int, bytes], later: tuple[int, bytes], proof: Hashes) -> bool:
    """Tell whether the proof shows that the `later` tree (size, root) begins with the `earlier` (RFC 9162, 2.1.4.2)."""
    (first, first_root), (second, second_root) = earlier, later
    if first > second or (first in (0, second) and proof):
        return False
    if first == 0:
        return first_root == nothing()
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
