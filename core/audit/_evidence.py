"""The evidence: what a bundle says, file by file, each read once and checked for its form as it is read."""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from nacl.signing import VerifyKey

from core.audit import bundle
from core.audit.files import BundleFiles, BundleWrong
from core.ballots.types import TYPES
from core.counting import pabulib
from core.counting.election import Instance, canonical
from core.counting.pabulib import PabulibFile
from core.errors import FileWrong
from core.trust.checkpoints import Checkpoint, CheckpointWrong, open_note
from core.trust.commitments import KINDS, NONCE, Opening

HEX = re.compile(r"[0-9a-f]{64}")
HEAD = 4_000_000  # bytes before the first ballot
AMOUNT = 2**63
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Board:
    """The leaves in their order."""

    leaves: tuple[tuple[str, bytes], ...]  # kind and commitment
    kinds: Counter[str]
    live: frozenset[bytes]  # the commitments of ballots that count

    @property
    def commitments(self) -> tuple[bytes, ...]:
        """Return the commitments in their order."""
        return tuple(commitment for _, commitment in self.leaves)


@dataclass(frozen=True, slots=True)
class Openings:
    """What the auditor is told: by commitment computed, by slot, by ballot."""

    round: str
    commitments: Counter[bytes]  # of ballots
    withdrawals: Counter[bytes]
    revisions: Mapping[str, int]  # by slot, all of them
    unopened: tuple[str, ...]  # slots whose last ballot could not be opened
    repeated: tuple[str, ...]  # slots that stand there twice
    numbers: Counter[str]
    ballots: Counter[tuple[Any, ...]]


class Evidence:
    """A bundle, read part by part when a check asks for it. What cannot be read raises BundleWrong."""

    def __init__(self, files: BundleFiles) -> None:
        """Keep the files; nothing is read yet."""
        self.files = files

    @property
    def for_auditor(self) -> bool:
        """Return whether there are openings."""
        return bundle.OPENINGS in self.files.names

    @cached_property
    def key(self) -> tuple[str, VerifyKey]:
        """Return the log's name and public key."""
        return _formed(bundle.KEY, lambda: bundle.public_key(self._text(bundle.KEY)))

    @cached_property
    def rules(self) -> Mapping[str, Any]:
        """Return how the round is counted; every field is of its type."""
        found = self._object(bundle.RULES)
        if not _fits(found, RULES) or found["format"] != bundle.FORMAT or not _reasonable(found):
            raise BundleWrong("form", bundle.RULES)
        return found

    @cached_property
    def counts(self) -> Mapping[str, Any]:
        """Return the published numbers."""
        found = self._object(bundle.COUNTS)
        if not _fits(found, COUNTS):
            raise BundleWrong("form", bundle.COUNTS)
        return found

    @cached_property
    def results(self) -> Mapping[str, Any]:
        """Return the published outcome."""
        found = self._object(bundle.RESULTS)
        if not _fits(found, RESULTS):
            raise BundleWrong("form", bundle.RESULTS)
        return found

    @cached_property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """Return the checkpoints in their order; each is signed by the log's key."""
        origin, key = self.key
        text = self._text(bundle.CHECKPOINTS)
        return _formed(bundle.CHECKPOINTS, lambda: tuple(open_note(note, origin, key) for note in bundle.notes(text)))

    @cached_property
    def board(self) -> Board:
        """Return the leaves."""
        leaves, live = [], set()
        for number, line in self.files.lines(bundle.BOARD):
            commitment, kind, counts = _leaf(line, number)
            leaves.append((kind, commitment))
            if counts:
                live.add(commitment)
        if len({commitment for _, commitment in leaves}) != len(leaves):
            raise BundleWrong("twice", bundle.BOARD)
        return Board(tuple(leaves), Counter(kind for kind, _ in leaves), frozenset(live))

    @cached_property
    def election(self) -> PabulibFile:
        """Return the ballots. Never more of them are read than the board has leaves."""
        data = self.files.read(bundle.ELECTION)
        votes = pabulib.VOTES_LINE.search(data, 0, HEAD)
        most = len(self.board.leaves) + len(self.rules["projects"]) + 1_000
        if votes is None or data.count(b"\n") > most:
            raise BundleWrong("too_large" if votes else "form", bundle.ELECTION)
        try:
            return pabulib.read(data)
        except FileWrong as error:
            raise BundleWrong("form", bundle.ELECTION, error.line) from error

    @property
    def instance(self) -> Instance:
        """Return the projects of the election with the drawn order."""
        found = self.election.instance
        # A score in the file is the sum of its votes, not one that was published elsewhere.
        projects = tuple(replace(project, score=None) for project in found.projects)
        return Instance(projects, found.budget, found.unit, tuple(self.rules["draw"]["order"]))

    @cached_property
    def openings(self) -> Openings:
        """Return what the openings say; of each the commitment is computed anew."""
        name = self.rules["round"]
        ballots, withdrawals, written = Counter[bytes](), Counter[bytes](), Counter[tuple[Any, ...]]()
        numbers, revisions = Counter[str](), dict[str, int]()
        repeated, unopened = [], []
        for number, line in self.files.lines(bundle.OPENINGS):
            slot, revision, opening = _opening(line, number, name)
            if slot in revisions:
                repeated.append(slot)
            revisions[slot] = revision
            if opening is None:
                unopened.append(slot)
                continue
            numbers[opening.number] += 1
            if not opening.choices:
                withdrawals[opening.commitment()] += 1
                continue
            ballots[opening.commitment()] += 1
            written[self._ballot(opening.choices, number)] += 1
        return Openings(name, ballots, withdrawals, revisions, tuple(unopened), tuple(repeated), numbers, written)

    def _ballot(self, choices: str, number: int) -> tuple[Any, ...]:
        def read() -> tuple[Any, ...]:
            found = json.loads(choices)
            if not isinstance(found, list | dict) or not all(isinstance(each, str) for each in found):
                raise ValueError("not a ballot")
            return canonical(self.rules["kind"], found)

        return _formed(bundle.OPENINGS, read, number)

    def _text(self, name: str) -> str:
        return _formed(name, lambda: self.files.read(name).decode())

    def _object(self, name: str) -> dict[str, Any]:
        return _formed(name, lambda: dict(_json(self.files.read(name))))


COUNTS: Mapping[str, Any] = {
    "ballots": int, "leaves": int, "live": int, "kinds": dict.fromkeys(KINDS, int),
    "mismatches": [{"commitment": (str, type(None)), "problem": str}], "turnout": dict,
}  # fmt: skip
RESULTS: Mapping[str, Any] = {"allocation": dict, "fingerprint": str}
RULES: Mapping[str, Any] = {
    "format": str, "round": str, "origin": str, "kind": str, "rule": str, "settings": dict, "budget": int, "unit": int,
    "ballot": {"type": str, "min": (int, type(None)), "max": (int, type(None))},
    "projects": [{"id": str, "cost": int}],
    "draw": {"randomness": str, "source": str, "order": [str]},
}  # fmt: skip


def _fits(value: Any, form: Any) -> bool:
    """Return whether a value read from JSON has this form: exactly these fields, of these types."""
    if isinstance(form, Mapping):
        return isinstance(value, dict) and value.keys() == form.keys() and all(_fits(value[k], form[k]) for k in form)
    if isinstance(form, list):
        return isinstance(value, list) and all(_fits(each, form[0]) for each in value)
    # True is an int for Python, not for anyone else.
    return isinstance(value, form) and not isinstance(value, bool)


def _reasonable(rules: Mapping[str, Any]) -> bool:
    """Return whether the type of ballot is known, and no number of the rules could keep a count busy for ever."""
    if rules["ballot"]["type"] not in TYPES:
        return False
    amounts = [rules["budget"], rules["unit"], *(project["cost"] for project in rules["projects"])]
    return all(0 <= amount < AMOUNT for amount in amounts) and 0 < rules["unit"] <= 10_000


def _leaf(line: bytes, number: int) -> tuple[bytes, str, bool]:
    found = _formed(bundle.BOARD, lambda: dict(_json(line)), number)
    commitment, kind, live = found.get("commitment"), found.get("kind"), found.get("live")
    if (
        found.keys() != {"position", "commitment", "kind", "live"}
        or found["position"] != number - 1
        or not (isinstance(commitment, str) and HEX.fullmatch(commitment))
        or kind not in KINDS
        or not isinstance(live, bool)
        or (live and kind == "withdraw")
        or isinstance(found["position"], bool)
    ):
        raise BundleWrong("form", bundle.BOARD, number)
    return bytes.fromhex(commitment), sys.intern(kind), live


def _opening(line: bytes, number: int, name: str) -> tuple[str, int, Opening | None]:
    """Return a slot, the revision of its last ballot, and the opened ballot if it holds one."""

    def read() -> tuple[str, int, Opening | None]:
        found = dict(_json(line))
        slot, revision = found["slot"], found["revision"]
        if not _fits(slot, str) or not _fits(revision, int) or revision < 1:
            raise ValueError("not a slot")
        if found["nonce"] is None:
            if found.keys() != {"slot", "revision", "nonce"}:
                raise ValueError("not an empty slot")
            return slot, revision, None
        opening = Opening(name, slot, revision, bytes.fromhex(found["nonce"]), found["number"], found["choices"])
        if len(found) != 5 or len(opening.nonce) != NONCE or not _fits([opening.number, opening.choices], [str]):
            raise ValueError("not an opening")
        return slot, revision, opening

    return _formed(bundle.OPENINGS, read, number)


def _json(raw: bytes) -> Any:
    """Return what this JSON says. NaN is no JSON, and a name that stands twice would mean two things to two readers."""
    return json.loads(raw, parse_constant=_refuse, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _formed(name: str, read: Callable[[], Value], line: int | None = None) -> Value:
    """Return what `read` gives; whatever a damaged file makes of it is told as its form."""
    try:
        return read()
    except CheckpointWrong as error:
        raise BundleWrong("signature" if "signature" in str(error) else "form", name, line) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
        if isinstance(error, BundleWrong):
            raise
        raise BundleWrong("form", name, line) from error
