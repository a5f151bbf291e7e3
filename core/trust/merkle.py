"""Merkle tree: the hashes it is made of, and how an observer checks that one tree begins another.

Source: RFC 9162, section 2.1. Proofs are lists of 32-byte hashes, from the leaf upwards; `tree` makes them.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

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


@dataclass(slots=True)
class Tree:
    """Leaf hashes, and above them every node whose subtree is full: `levels[k][i]` covers 2ᵏ leaves."""

    levels: list[list[bytes]] = field(default_factory=lambda: [[]])

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return len(self.levels[0])

    def append(self, leaf: bytes) -> None:
        """Add a leaf."""
        node, level = leaf_hash(leaf), 0
        while True:
            if level == len(self.levels):
                self.levels.append([])
            nodes = self.levels[level]
            nodes.append(node)
            if len(nodes) % 2:
                return
            node, level = node_hash(nodes[-2], nodes[-1]), level + 1

    def cut(self, size: int) -> None:
        """Forget all leaves but the first `size`."""
        for level, nodes in enumerate(self.levels):
            del nodes[size >> level :]

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first `size` leaves. Raises IndexError."""
        end = self._known(size)
        return self._node(0, end) if end else nothing()

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the hashes from a leaf up to the root of the first `size` leaves. Raises IndexError."""
        end = self._known(size)
        if not 0 <= index < end:
            raise IndexError(index)
        start, proof = 0, []
        while end - start > 1:
            half = start + _half(end - start)
            if index < half:
                proof.append(self._node(half, end))
                end = half
            else:
                proof.append(self._node(start, half))
                start = half
        return proof[::-1]

    def consistency(self, first: int, second: int | None = None) -> list[bytes]:
        """Return the hashes that show that the tree of `first` leaves begins that of `second`. Raises IndexError."""
        end = self._known(second)
        if not 0 <= first <= end:
            raise IndexError(first)
        if first in (0, end):
            return []
        start, proof, whole = 0, [], True
        while first < end:
            half = start + _half(end - start)
            if first <= half:
                proof.append(self._node(half, end))
                end = half
            else:
                proof.append(self._node(start, half))
                start, whole = half, False
        if not whole:
            proof.append(self._node(start, end))
        return proof[::-1]

    def _known(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise IndexError(size)
        return size

    def _node(self, start: int, end: int) -> bytes:
        """Return the root over these leaves; the RFC's halves always begin where a full subtree does."""
        number = end - start
        if number & (number - 1) == 0:
            level = number.bit_length() - 1
            return self.levels[level][start >> level]
        half = start + _half(number)
        return node_hash(self._node(start, half), self._node(half, end))


@dataclass(slots=True)
class Growing:
    """The root of a tree whose leaves are read once: as many hashes are kept as its size has ones in binary."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)  # roots of full subtrees, the largest first

    def append(self, leaf: bytes) -> None:
        """Add a leaf."""
        node, rest = leaf_hash(leaf), self.size
        while rest & 1:
            node, rest = node_hash(self.peaks.pop(), node), rest >> 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of what was added so far."""
        if not self.peaks:
            return nothing()
        *others, node = self.peaks
        for peak in reversed(others):
            node = node_hash(peak, node)
        return node


def _half(number: int) -> int:
    """Return the greatest power of two below `number`."""
    return 1 << (number - 1).bit_length() - 1
