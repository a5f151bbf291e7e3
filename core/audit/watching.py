"""Watching a log: what was seen is kept, and whatever is shown later must begin with it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from nacl.signing import VerifyKey

from core.trust.checkpoints import Checkpoint, CheckpointWrong, open_note
from core.trust.commitments import leaf_bytes
from core.trust.merkle import Hashes, Tree, extends


class Verdict(StrEnum):
    """What an observer has found. Only the first three are as they should be."""

    first = "first"
    same = "same"
    grown = "grown"
    unsigned = "unsigned"
    shrunk = "shrunk"
    forked = "forked"
    altered = "altered"

    @property
    def alarm(self) -> bool:
        """Return whether the log has broken its promise."""
        return self in (Verdict.unsigned, Verdict.shrunk, Verdict.forked, Verdict.altered)


@dataclass(frozen=True, slots=True)
class Log:
    """The log that is watched, by its name and the key that was pinned when it was first seen."""

    origin: str
    key: VerifyKey

    def read(self, note: str) -> Checkpoint | None:
        """Return the checkpoint, None if this log has not signed it."""
        try:
            return open_note(note, self.origin, self.key)
        except CheckpointWrong:
            return None


def judge(kept: Checkpoint | None, found: Checkpoint | None, proof: Hashes = ()) -> Verdict:
    """Return what the checkpoint found means to someone who has kept another; `proof` that it begins with that one."""
    if found is None:
        return Verdict.unsigned
    if kept is None:
        return Verdict.first
    if found.size < kept.size:
        return Verdict.shrunk
    if found.size == kept.size:
        return Verdict.same if found.root == kept.root else Verdict.forked
    return Verdict.grown if extends((kept.size, kept.root), (found.size, found.root), proof) else Verdict.forked


def holds(checkpoint: Checkpoint, lines: Iterable[str]) -> bool:
    """Return whether these lines, as the board shows them, are the ones that its checkpoint was signed over."""
    tree = Tree()
    try:
        for line in lines:
            told = json.loads(line)
            if told["position"] != tree.size:
                return False
            tree.append(leaf_bytes(told["kind"], bytes.fromhex(told["commitment"])))
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    return (tree.size, tree.root()) == (checkpoint.size, checkpoint.root)
