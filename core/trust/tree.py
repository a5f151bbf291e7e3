"""A Merkle tree that grows: leaves are appended, and its root and proofs are cheap at every size it ever had.

The same tree as in `merkle`, which reads like RFC 9162; here every complete subtree's hash is kept, two for each leaf.
"""

from collections.abc import Iterable

from core.trust.merkle import node_hash, root


class Tree:
    """The leaf hashes in order, and above them the hashes of all complete subtrees."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        """Begin with these leaf hashes."""
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        """Return the number of leaves."""
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash at the end."""
        height, found = 0, leaf
        self._levels[0].append(leaf)
        while len(self._levels[height]) % 2 == 0:
            found = node_hash(self._levels[height][-2], found)
            height += 1
            if height == len(self._levels):
                self._levels.append([])
            self._levels[height].append(found)

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first `size` leaves, of all if it is not given. Raises IndexError."""
        size = len(self) if size is None else size
        self._refuse_beyond(size)
        return self._hash(0, size) if size else root(())

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """Return the hashes from the leaf at `index` up to the root of the first `size` leaves. Raises IndexError."""
        self._refuse_beyond(size)
        if not 0 <= index < size:
            raise IndexError(index)
        proof, start, end = [], 0, size
        while end - start > 1:
            middle = start + _half(end - start)
            if index < middle:
                proof.append(self._hash(middle, end))
                end = middle
            else:
                proof.append(self._hash(start, middle))
                start = middle
        return proof[::-1]

    def consistency_proof(self, earlier: int, later: int) -> list[bytes]:
        """Return the hashes that show that the first `earlier` of `later` leaves stayed. Raises IndexError."""
        self._refuse_beyond(later)
        if not 0 <= earlier <= later:
            raise IndexError(earlier)
        if earlier in (0, later):
            return []
        proof, start, end, whole = [], 0, later, True
        while earlier != end:
            middle = start + _half(end - start)
            if earlier <= middle:
                proof.append(self._hash(middle, end))
                end = middle
            else:
                proof.append(self._hash(start, middle))
                start, whole = middle, False
        return ([] if whole else [self._hash(start, end)]) + proof[::-1]

    def _hash(self, start: int, end: int) -> bytes:
        """Return the root over the leaves from `start` to before `end`; `start` begins a subtree of their size."""
        width = end - start
        if width & (width - 1) == 0:
            return self._levels[width.bit_length() - 1][start // width]
        middle = start + _half(width)
        return node_hash(self._hash(start, middle), self._hash(middle, end))

    def _refuse_beyond(self, size: int) -> None:
        if not 0 <= size <= len(self):
            raise IndexError(size)


def _half(width: int) -> int:
    """Return the largest power of two below `width`."""
    return 1 << (width - 1).bit_length() - 1
