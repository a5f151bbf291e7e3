"""The checks of a bundle's files: all there, none altered, signed by the log."""

import hashlib
import re
from itertools import pairwise

from core.audit import bundle
from core.audit._evidence import Evidence
from core.audit.files import NAMES, SHOWN, BundleWrong, Facts, Failed, Unseen
from core.trust.checkpoints import CheckpointWrong, open_note, read_verifier, signed_text, verifier

LINE = re.compile(r"([0-9a-f]{64})  ([\w.-]+)")


def files(evidence: Evidence) -> Facts:
    """Return the facts; fail unless all files are there, and no other."""
    if evidence.files.foreign:
        raise Failed("foreign", files=evidence.files.foreign)
    wanted = bundle.PUBLIC | (bundle.NOTED if evidence.files.names & bundle.NOTED or evidence.noted else frozenset())
    # Both or neither: the election as it was cast, and that something was withdrawn of it.
    if evidence.withdrawn:
        wanted |= {bundle.AS_CAST}
    elif bundle.AS_CAST in evidence.files.names:
        raise Failed("foreign", files=(bundle.AS_CAST,))
    if missing := wanted - evidence.files.names:
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
    if list(listed) != sorted(listed):
        raise BundleWrong("form", bundle.MANIFEST)
    there = evidence.files.names & NAMES - {bundle.MANIFEST, bundle.SIGNATURE, bundle.VERDICT}
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
        # One signature and nothing else: a second line is an alteration, if a harmless one.
        signed_text(note, origin + bundle.OF_MANIFEST, key)
        signed = open_note(note, origin + bundle.OF_MANIFEST, key)
    except CheckpointWrong:
        raise Failed("unsigned") from None
    if signed != bundle.of_manifest(manifest, origin):
        raise Failed("unsigned")
    return {"origin": origin, "key": verifier(origin, key)}


def key(evidence: Evidence) -> Facts:
    """Return the facts; fail unless the key is the one that was published elsewhere."""
    if evidence.given.key is None:
        raise Unseen("no_key")
    try:
        told = read_verifier(evidence.given.key)
    except CheckpointWrong:
        raise Failed("not_a_key") from None
    if evidence.key != told:
        raise Failed("other_key")
    return {"origin": told[0]}


FILE_CHECKS = {"files": files, "manifest": manifest, "signature": signature, "key": key}


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
    board, last = evidence.board, 0
    for checkpoint in evidence.checkpoints:
        if checkpoint.size > board.size:
            raise Failed("shorter", size=checkpoint.size, leaves=board.size)
        if board.roots[checkpoint.size] != checkpoint.root:
            raise Failed("changed", size=checkpoint.size)
        last = checkpoint.size
    return {"leaves": last}


def kept(evidence: Evidence) -> Facts:
    """Return the facts; fail unless the board begins with what a checkpoint signed that somebody has kept."""
    if evidence.given.checkpoint is None:
        raise Unseen("no_checkpoint")
    try:
        told = evidence.kept
    except CheckpointWrong:
        raise Failed("not_a_checkpoint") from None
    if told is None or told.size > evidence.board.size:
        raise Failed("cut_back", size=told.size if told else 0, leaves=evidence.board.size)
    if evidence.board.roots[told.size] != told.root:
        raise Failed("changed", size=told.size)
    return {"size": told.size}


def final(evidence: Evidence) -> Facts:
    """Return the facts; fail unless the last checkpoint covers the whole board."""
    if not evidence.checkpoints or evidence.checkpoints[-1].size != evidence.board.size:
        raise Failed("uncovered", leaves=evidence.board.size)
    return {"leaves": evidence.board.size, "root": evidence.checkpoints[-1].root.hex()}


def batches(evidence: Evidence) -> Facts:
    """Return the facts; fail unless within a batch the lines are sorted, so that the board tells nothing of who
    came first.
    """
    checkpoints = evidence.checkpoints
    if evidence.board.unsorted:
        start, end = evidence.board.unsorted
        raise Failed("unsorted", start=start, end=end)
    return {"batches": len(checkpoints)}


BOARD_CHECKS = {
    "checkpoints": checkpoints, "consistency": consistency, "kept": kept, "final": final, "batches": batches,
}  # fmt: skip
