"""RFC 9162, section 2.1, as it stands there: recursive, over the leaves themselves, and nothing of it from `core`.

The names are the RFC's, and so is what they say; only what it leaves open – who reads the proof – is written down as
its mirror: a proof is followed down from the whole tree by the same halves by which it was made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache

D = tuple[bytes, ...]


def HASH(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


@cache
def MTH(d: D) -> bytes:
    """Merkle Tree Hash, 2.1.1."""
    n = len(d)
    if n == 0:
        return HASH(b"")
    if n == 1:
        return HASH(b"\x00" + d[0])
    k = split(n)
    return HASH(b"\x01" + MTH(d[:k]) + MTH(d[k:]))


def PATH(m: int, d: D) -> list[bytes]:
    """The inclusion proof for d[m], 2.1.3.1."""
    n = len(d)
    if n == 1:
        return []
    k = split(n)
    if m < k:
        return [*PATH(m, d[:k]), MTH(d[k:])]
    return [*PATH(m - k, d[k:]), MTH(d[:k])]


def PROOF(m: int, d: D) -> list[bytes]:
    """The consistency proof between the first m leaves and all, 0 < m ≤ n, 2.1.4.1."""
    return SUBPROOF(m, d, True)


def SUBPROOF(m: int, d: D, b: bool) -> list[bytes]:
    n = len(d)
    if m == n:
        return [] if b else [MTH(d)]
    k = split(n)
    if m <= k:
        return [*SUBPROOF(m, d[:k], b), MTH(d[k:])]
    return [*SUBPROOF(m - k, d[k:], False), MTH(d[:k])]


def split(n: int) -> int:
    """The largest power of two smaller than n (k < n ≤ 2k)."""
    k = 1
    while 2 * k < n:
        k *= 2
    return k


# The reader's side


def root_of_path(m: int, n: int, leaf: bytes, path: Sequence[bytes]) -> bytes | None:
    """Return the root to which a path leads from the hash of the leaf m of n; None if it has not the right length."""
    if n == 1:
        return None if path else leaf
    if not path:
        return None
    k, (*below, last) = split(n), path
    inner = root_of_path(m, k, leaf, below) if m < k else root_of_path(m - k, n - k, leaf, below)
    if inner is None:
        return None
    return HASH(b"\x01" + inner + last) if m < k else HASH(b"\x01" + last + inner)


def roots_of_proof(m: int, n: int, first: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the roots of the first m and of all n leaves that a proof leads to; `first`: the root that is known."""
    return _roots(m, n, True, first, proof)


def _roots(m: int, n: int, b: bool, first: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    if m == n:
        if b:
            return None if proof else (first, first)
        return (proof[0], proof[0]) if len(proof) == 1 else None
    if not proof:
        return None
    k, (*below, last) = split(n), proof
    if m <= k:
        inner = _roots(m, k, b, first, below)
        # The right half is younger than the earlier tree.
        return inner and (inner[0], HASH(b"\x01" + inner[1] + last))
    inner = _roots(m - k, n - k, False, first, below)
    return inner and (HASH(b"\x01" + last + inner[0]), HASH(b"\x01" + last + inner[1]))
