"""The checks of a board: it only grew, its last checkpoint covers it, and it tells no order."""

from itertools import pairwise

from core.trust.checks import Facts, Failed
from core.trust.commitments import leaf_bytes
from core.trust.evidence import Evidence
from core.trust.tree import Tree


def checkpoints(evidence: Evidence) -> Facts:
    """Return the facts; fail unless every checkpoint is signed, and each is larger than the one before."""
    sizes = [each.size for each in evidence.checkpoints]
    if not sizes:
        raise Failed("none")
    if any(later <= earlier for earlier, later in pairwise(sizes)):
        raise Failed("order")
    return {"checkpoints": len(sizes)}


def consistency(evidence: Evidence) -> Facts:
    """Return the facts; fail unless the board begins with what each checkpoint signed: no line was changed, moved
    or removed since.
    """
    leaves, tree = evidence.board.leaves, Tree()
    for checkpoint in evidence.checkpoints:
        if checkpoint.size > len(leaves):
            raise Failed("shorter", size=checkpoint.size, leaves=len(leaves))
        for kind, commitment in leaves[tree.size : checkpoint.size]:
            tree.append(leaf_bytes(kind, commitment))
        if tree.size != checkpoint.size or tree.root() != checkpoint.root:
            raise Failed("changed", size=checkpoint.size)
    return {"leaves": tree.size}


def final(evidence: Evidence) -> Facts:
    """Return the facts; fail unless the last checkpoint covers the whole board."""
    if not evidence.checkpoints or evidence.checkpoints[-1].size != len(evidence.board.commitments):
        raise Failed("uncovered", leaves=len(evidence.board.commitments))
    return {"leaves": len(evidence.board.commitments), "root": evidence.checkpoints[-1].root.hex()}


def batches(evidence: Evidence) -> Facts:
    """Return the facts; fail unless within a batch the lines are sorted, so that the board tells nothing of who
    came first.
    """
    leaves, start = evidence.board.commitments, 0
    for checkpoint in evidence.checkpoints:
        batch = leaves[start : checkpoint.size]
        if list(batch) != sorted(batch):
            raise Failed("unsorted", start=start, end=checkpoint.size)
        start = checkpoint.size
    return {"batches": len(evidence.checkpoints)}


CHECKS = {"checkpoints": checkpoints, "consistency": consistency, "final": final, "batches": batches}
