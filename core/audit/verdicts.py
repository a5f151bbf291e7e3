"""An auditor's verdict: what somebody who has seen the openings says of a board and its ballots, signed by her key.

It stands in the public bundle, which has no openings: whoever believes the auditor need not believe the server that
these ballots are those behind the board. The form is that of C2SP `signed-note`, under the log's name, `/verdict`.
"""

import base64
import hashlib
from dataclasses import dataclass

from nacl.signing import SigningKey

from core.audit import bundle
from core.audit._evidence import Evidence
from core.counting.pabulib.writing import checksum
from core.trust.checkpoints import CheckpointWrong, read_verifier, sign_text, signed_text, verifier

NAME = "/verdict"
HOLDS = "every check holds"


@dataclass(frozen=True, slots=True)
class Judged:
    """What was checked: the board by its size and root, and what lay behind it: the ballots by their checksum, results
    and counts by their files' hashes. None of it holds words, which may be hidden later.
    """

    size: int
    root: bytes
    ballots: str
    results: str
    counts: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who says so, by her public key line, and of what."""

    key: str
    of: Judged


def of(evidence: Evidence) -> Judged:
    """Return what there is to judge in a bundle. Raises BundleWrong."""
    last = evidence.checkpoints[-1:]
    hashes = []
    for name in (bundle.RESULTS, bundle.COUNTS):
        found = hashlib.sha256()
        for chunk in evidence.files.chunks(name):
            found.update(chunk)
        hashes.append(found.hexdigest())
    # Of a round in which something was withdrawn, the election without it follows from the one that was cast.
    ballots = checksum(evidence.as_cast.profile)
    return Judged(last[0].size if last else 0, last[0].root if last else b"", ballots, *hashes)


def sign(judged: Judged, origin: str, key: SigningKey) -> str:
    """Return the signed verdict that every check of it holds."""
    name = origin + NAME
    return sign_text(_text(Verdict(verifier(name, key.verify_key), judged), origin), name, key)


def read(note: str, origin: str) -> Verdict:
    """Return a verdict on a round, signed by the key that it names. Raises CheckpointWrong."""
    lines = note.split("\n")
    try:
        name, line, size, root, ballots, results, counts, _holds = lines[:8]
        found = Verdict(line, Judged(int(size), base64.b64decode(root, validate=True), ballots, results, counts))
        key_name, key = read_verifier(line)
        text = signed_text(note, name, key)
    except ValueError as error:
        raise CheckpointWrong("not a verdict") from error
    if name != origin + NAME or key_name != name or text != _text(found, origin):
        raise CheckpointWrong("not a verdict on this round")
    return found


def _text(verdict: Verdict, origin: str) -> str:
    judged = verdict.of
    root = base64.b64encode(judged.root).decode()
    lines = (origin + NAME, verdict.key, judged.size, root, judged.ballots, judged.results, judged.counts, HOLDS)
    return "".join(f"{line}\n" for line in lines)
