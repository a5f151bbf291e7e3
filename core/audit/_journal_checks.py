"""The checks of the journal: its heads are signed, and the round's lines are those of the chain.

A bundle of a round from before has neither, a public one has the heads only; then nobody can check them from it.
"""

import json
import re
from collections.abc import Callable, Container, Mapping, Sequence
from itertools import pairwise
from typing import Any

from core import chain
from core.audit import bundle
from core.audit._evidence import Evidence
from core.audit.files import BundleWrong, Facts, Failed, Unseen
from core.trust import notes
from core.trust.checkpoints import Checkpoint, CheckpointWrong, open_note

HASH = re.compile(r"[0-9a-f]{64}")
AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
FIELDS = {
    "number": int, "former": str, "hash": str, "municipality": int, "round": int, "at": str, "role": str,
    "pseudonym": str, "action": str, "facts": dict,
}  # fmt: skip


def heads(evidence: Evidence) -> Facts:
    """Return the facts; fail unless every head is signed by the log's key, and none is behind the one before."""
    expected = len(evidence.checkpoints) if _begun_with_heads(evidence) else 0
    if bundle.HEADS not in evidence.files.names:
        if expected:
            raise Failed("fewer_heads", heads=0, checkpoints=expected)
        raise Unseen("no_heads")
    found = _heads(evidence)
    if not found:
        raise Failed("none")
    for earlier, later in pairwise(found):
        if later.size < earlier.size or (later.size == earlier.size and later.root != earlier.root):
            raise Failed("order")
    if len(found) > len(evidence.checkpoints):
        raise Failed("more_heads", heads=len(found), checkpoints=len(evidence.checkpoints))
    if len(found) < expected:
        raise Failed("fewer_heads", heads=len(found), checkpoints=expected)
    return {"heads": len(found), "lines": found[-1].size}


def lines(evidence: Evidence) -> Facts:
    """Return the facts; fail unless each line's hash is that of its content, and the signed heads name the same.

    Lines that no head reaches nobody has signed: whoever wrote a file could have written any that agree.
    """
    if bundle.JOURNAL not in evidence.files.names:
        raise Unseen("no_lines")
    found = [_line(raw, number) for number, raw in evidence.files.lines(bundle.JOURNAL)]
    if not found:
        raise Failed("none")
    for each in found:
        content = {name: each[name] for name in FIELDS if name not in ("former", "hash")}
        if each["hash"] != chain.link(bytes.fromhex(each["former"]), chain.canonical(content)).hex():
            raise Failed("altered_line", number=each["number"])
    for earlier, later in pairwise(found):
        together = later["number"] == earlier["number"] + 1
        if later["number"] <= earlier["number"] or (together and later["former"] != earlier["hash"]):
            raise Failed("other_place", number=later["number"])
        if (later["round"], later["municipality"]) != (earlier["round"], earlier["municipality"]):
            raise Failed("other_place", number=later["number"])
    signed = {head.size: head.root.hex() for head in _heads(evidence)} if bundle.HEADS in evidence.files.names else {}
    for each in found:
        for number, told in ((each["number"], each["hash"]), (each["number"] - 1, each["former"])):
            if signed.get(number, told) != told:
                raise Failed("other_head", number=number)
    held = _held(found, signed)
    if not held:
        raise Unseen("unsigned_lines")
    return {"lines": len(found), "held": held}


def _held(found: Sequence[Mapping[str, Any]], signed: Container[int]) -> int:
    """Return how many lines a signed head holds: it names one of them, and the others lead to that one without a gap.

    Lines of other rounds are not here, so what stands before such a gap, or after the last head, none reaches.
    """
    held, reached = 0, False
    for place in reversed(range(len(found))):
        number = found[place]["number"]
        follows = place + 1 < len(found) and found[place + 1]["number"] == number + 1
        reached = number in signed or (reached and follows)
        held += reached
    return held


CHECKS: Mapping[str, Callable[[Evidence], Facts]] = {"journal_heads": heads, "journal_lines": lines}


def _begun_with_heads(evidence: Evidence) -> bool:
    """Return whether each checkpoint must have a head. That the notes cannot be read, other checks tell."""
    try:
        return evidence.noted and notes.early(evidence.notes[0])
    except BundleWrong:
        return False


def _heads(evidence: Evidence) -> list[Checkpoint]:
    origin, key = evidence.key
    raw = evidence.files.read(bundle.HEADS)
    try:
        single = bundle.notes(raw.decode())
        found = [open_note(note, origin + chain.OF_HEAD, key) for note in single]
    except CheckpointWrong as wrong:
        raise BundleWrong("signature" if "signature" in str(wrong) else "form", bundle.HEADS) from wrong
    except ValueError as wrong:
        raise BundleWrong("form", bundle.HEADS) from wrong
    # One signature each, and one way of writing them.
    if "\n".join(single).encode() != raw or any(note.count("\n") != 5 for note in single):
        raise BundleWrong("form", bundle.HEADS)
    return found


def _line(raw: bytes, number: int) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(raw)
        good = (
            isinstance(found, dict)
            and found.keys() == FIELDS.keys()
            and all(type(found[name]) is kind for name, kind in FIELDS.items())
            and found["number"] > 0
            and HASH.fullmatch(found["former"])
            and HASH.fullmatch(found["hash"])
            and AT.fullmatch(found["at"])
            and chain.canonical(found) == raw
        )
    except (ValueError, TypeError, RecursionError) as wrong:
        raise BundleWrong("form", bundle.JOURNAL, number) from wrong
    if not good:
        raise BundleWrong("form", bundle.JOURNAL, number)
    return found
