"""The checks of a bundle's files: all there, none altered, signed by the log."""

import hashlib
import re
from itertools import pairwise

from core.audit import bundle
from core.audit._evidence import Evidence
from core.audit.files import LIMITS, SHOWN, BundleWrong, Facts, Failed
from core.trust.checkpoints import CheckpointWrong, open_note, read_verifier, verifier
from core.trust.commitments import leaf_bytes
from core.trust.merkle import Tree

LINE = re.compile(r"([0-9a-f]{64})  ([\w.]+)")


def files(evidence: Evidence) -> Facts:
    """Return the facts; fail unless all files are there, and no other."""
    if evidence.files.foreign:
        raise Failed("foreign", files=evidence.files.foreign)
    if missing := bundle.PUBLIC - evidence.files.names:
        raise Failed("missing", files=tuple(sorted(missing)))
    return {"files": len(evidence.files.names)}


def manifest(evidence: Evidence) -> Facts:
    """Return the facts; fail unless every file is as the manifest says."""
    listed: dict[str, str] = {}
    for number, raw in evidence.files.lines(bundle.MANIFEST):
        line = LINE.fullmatch(raw.decode("utf-8", "replace"))
        if line is None or line[2] in listed:
            raise BundleWrong("form", bundle.MANIFEST, number)
        listed[line[2]] = line[1]
    there = evidence.files.names & LIMITS.keys() - {bundle.MANIFEST, bundle.SIGNATURE}
    if listed.keys() != there:
        raise Failed("listed", files=tuple(sorted(listed.keys() ^ there))[:SHOWN])
    altered = tuple(sorted(name for name in there if _hash(evidence, name) != listed[name]))
    if altered:
        raise Failed("altered", files=altered)
    return {"files": len(listed)}


def _hash(evidence: Evidence, name: str) -> str:
    found = hashlib.sha256()
    for chunk in evidence.files.chunks(name):
        found.update(chunk)
    return found.hexdigest()


def signature(evidence: Evidence) -> Facts:
    """Return the facts; fail unless the manifest is signed by the log's key, which bears the round's name."""
    origin, key = evidence.key
    if origin != evidence.rules["origin"]:
        raise Failed("origin", found=origin, told=evidence.rules["origin"])
    manifest = evidence.files.read(bundle.MANIFEST)
    note = evidence.files.read(bundle.SIGNATURE).decode("utf-8", "replace")
    try:
        signed = open_note(note, origin + bundle.OF_MANIFEST, key)
    except CheckpointWrong:
        raise Failed("unsigned") from None
    # One signature and nothing else: a second line is an alteration, if a harmless one.
    if signed != bundle.of_manifest(manifest, origin) or note.count("\n") != signed.text().count("\n") + 2:
        raise Failed("unsigned")
    return {"origin": origin, "key": verifier(origin, key)}


def key(evidence: Evidence, expected: str) -> Facts:
    """Return the facts; fail unless the key is the one that was published elsewhere."""
    try:
        told = read_verifier(expected)
    except CheckpointWrong:
        raise Failed("not_a_key") from None
    if evidence.key != told:
        raise Failed("other_key")
    return {"origin": told[0]}


FILE_CHECKS = {"files": files, "manifest": manifest, "signature": signature}


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


BOARD_CHECKS = {"checkpoints": checkpoints, "consistency": consistency, "final": final, "batches": batches}
