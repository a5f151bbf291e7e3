"""An auditor's verdict: what somebody who has seen the openings says of a board and its ballots, signed by her key.

It stands in the public bundle, which has no openings: whoever believes the auditor need not believe the server that
these ballots are those behind the board. The form is that of C2SP `signed-note`, under the log's name, `/verdict`.
"""

import base64
import hashlib
from dataclasses import dataclass, replace

from nacl.signing import SigningKey

from core.audit import bundle
from core.audit._evidence import Evidence
from core.counting.pabulib.writing import checksum
from core.trust.checkpoints import CheckpointWrong, read_verifier, sign_text, signed_text, verifier

NAME = "/verdict"
HOLDS = "every check holds"


@dataclass(frozen=True, slots=True)
class Judged:
    """What was checked: the board by its size and root, the ballots by their checksum, and results, counts, signed
    notes and heads of the journal by their files' hashes. None of it holds words, which may be hidden later.

    A verdict of an earlier form says nothing of notes and heads: they are None.
    """

    size: int
    root: bytes
    ballots: str
    results: str
    counts: str
    notes: str | None = None
    heads: str | None = None

    @property
    def whole(self) -> bool:
        """Return whether notes and heads are signed too."""
        return None not in (self.notes, self.heads)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who says so, by her public key line, and of what."""

    key: str
    of: Judged


def of(evidence: Evidence) -> Judged:
    """Return what there is to judge in a bundle. Raises BundleWrong."""
    last = evidence.checkpoints[-1:]
    hashes = (_digest(evidence, name) for name in (bundle.RESULTS, bundle.COUNTS, bundle.VOTED_ON, bundle.HEADS))
    # Of a round in which something was withdrawn, the election without it follows from the one that was cast.
    ballots = checksum(evidence.as_cast.profile)
    return Judged(last[0].size if last else 0, last[0].root if last else b"", ballots, *hashes)


def about(judged: Judged, evidence: Evidence) -> bool:
    """Return whether this is what was judged, as far as the verdict's form says it. Raises BundleWrong."""
    found = of(evidence)
    return judged == (found if judged.whole else replace(found, notes=None, heads=None))


def sign(judged: Judged, origin: str, key: SigningKey) -> str:
    """Return the signed verdict that every check of it holds."""
    name = origin + NAME
    return sign_text(_text(Verdict(verifier(name, key.verify_key), judged), origin), name, key)


def read(note: str, origin: str) -> Verdict:
    """Return a verdict on a round, signed by the key that it names. Raises CheckpointWrong."""
    try:
        name, line, size, root, *hashes, _holds = note.partition("\n\n")[0].split("\n")
        if len(hashes) not in (3, 5):
            raise ValueError("another form")
        found = Verdict(line, Judged(int(size), base64.b64decode(root, validate=True), *hashes))
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
    further = (judged.notes, judged.heads) if judged.whole else ()
    hashes = (judged.ballots, judged.results, judged.counts, *further)
    lines = (origin + NAME, verdict.key, judged.size, root, *hashes, HOLDS)
    return "".join(f"{line}\n" for line in lines)


def _digest(evidence: Evidence, name: str) -> str:
    """Return the hash of a file; of one that a bundle need not have, and has not, that of nothing."""
    found = hashlib.sha256()
    if name in evidence.files.names or name in bundle.PUBLIC:
        for chunk in evidence.files.chunks(name):
            found.update(chunk)
    return found.hexdigest()
