"""Notes: what was signed of a round besides its board, each linked to the one before it by its hash.

The first, made when voting opens, fixes what is voted on: rule, limits, projects, costs, words, dates. Later ones say
what of it was amended, by which reason, and what came of each step of the closing. Whoever keeps one notices when any
before it is altered.

A note has the form of C2SP `signed-note`, as a checkpoint has, under a name of its own: the log's, `/voted-on`. Its
lines: name, number, kind, hash of the lines of the note before it in base64 (of the first: 32 zeros), and facts as JSON
with sorted names and no spaces. There is one way to write each, so that two readers never read two things.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nacl.signing import SigningKey, VerifyKey

from core.trust.checkpoints import CheckpointWrong, sign_text, signed_text

NAME = "/voted-on"
NONE = bytes(32)
# What may be said, in the order in which it may; amendments at any time, a count again.
STEPS = ("begun", "closed", "drawn", "opened", "turnout", "counted")
AMENDED = "amended"
# Those of what people have voted for.
OF_BALLOTS = STEPS[STEPS.index("opened") :]

Facts = Mapping[str, Any]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """One note. `former`: the hash of the one before it."""

    origin: str
    number: int
    kind: str
    former: bytes
    facts: Facts

    def text(self) -> str:
        """Return the lines that are signed."""
        former = base64.b64encode(self.former).decode()
        return f"{self.origin}{NAME}\n{self.number}\n{self.kind}\n{former}\n{canonical(self.facts)}\n"

    def digest(self) -> bytes:
        """Return the hash by which the next one names this."""
        return hashlib.sha256(self.text().encode()).digest()


@dataclass(frozen=True, slots=True)
class Change:
    """What an amendment changes: the names that lead there, outermost first, and both values; None where is nothing."""

    path: Path
    old: Any
    new: Any


def canonical(value: Any) -> str:
    """Return the one way in which facts are written."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(value: Any) -> str:
    """Return the SHA-256 of facts as they are written, in hexadecimal digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def sign(note: Note, key: SigningKey) -> str:
    """Return the signed note."""
    return sign_text(note.text(), note.origin + NAME, key)


def kind_of(note: str) -> str:
    """Return the kind of a signed note that is one of ours."""
    return note.split("\n", 3)[2]


def following(chain: Sequence[Note], origin: str, kind: str, facts: Facts) -> Note:
    """Return the note that comes next."""
    return Note(origin, len(chain), kind, chain[-1].digest() if chain else NONE, facts)


def read(notes: Iterable[str], origin: str, key: VerifyKey) -> tuple[Note, ...]:
    """Return a chain of notes that this key has signed. Raises CheckpointWrong if one is missing or out of place."""
    chain: list[Note] = []
    for note in notes:
        found = _read(signed_text(note, origin + NAME, key), origin)
        if (found.number, found.former) != (len(chain), chain[-1].digest() if chain else NONE):
            raise CheckpointWrong("not the note that follows")
        if found.kind != AMENDED and not _in_order(chain, found.kind):
            raise CheckpointWrong("not a note of this kind")
        chain.append(found)
        voted_on(chain)
    return tuple(chain)


def voted_on(chain: Sequence[Note]) -> dict[str, Any]:
    """Return what is voted on by these notes: what the first fixed, with the amendments since.

    Raises CheckpointWrong where an amendment names an old value that was none.
    """
    if not chain or chain[0].kind != STEPS[0]:
        raise CheckpointWrong("the first note is missing")
    facts: dict[str, Any] = json.loads(canonical(chain[0].facts))
    for note in chain[1:]:
        for change in changes(note) if note.kind == AMENDED else ():
            _apply(facts, change)
    return facts


def changes(note: Note) -> tuple[Change, ...]:
    """Return what an amendment changes. Raises CheckpointWrong."""
    try:
        found = tuple(Change(tuple(each["what"]), each["old"], each["new"]) for each in note.facts["changes"])
        if not found or not all(each.path and all(isinstance(bit, str) for bit in each.path) for each in found):
            raise ValueError("no change")
        return found
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointWrong("not an amendment") from error


def amendment(found: Iterable[Change], reason: str, at: str | None = None) -> Facts:
    """Return the facts of an amendment."""
    told = [{"what": list(each.path), "old": each.old, "new": each.new} for each in found]
    return {"changes": told, "reason": reason, "at": at}


def reason_of(chain: Sequence[Note], path: Path) -> str | None:
    """Return by which signed reason something was amended, the last time it was; None where it never was."""
    amended = (note for note in reversed(chain) if note.kind == AMENDED)
    return next((note.facts["reason"] for note in amended if path in [one.path for one in changes(note)]), None)


def early(first: Note) -> bool:
    """Return whether the first note was signed before any ballot was in, so by a Glas that signs all else from then on.

    Where ballots were in already, or there is no note, the round was begun by an earlier one.
    """
    return not first.facts.get("ballots")


def newest(chain: Sequence[Note], kind: str) -> Facts | None:
    """Return the facts of the newest note of a kind, None while there is none."""
    return next((note.facts for note in reversed(chain) if note.kind == kind), None)


def differences(old: Any, new: Any, path: Path = ()) -> tuple[Change, ...]:
    """Return where two facts differ, as deep as both have names. What is not there is None."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        names = sorted(old.keys() | new.keys())
        return tuple(each for name in names for each in differences(old.get(name), new.get(name), (*path, name)))
    # 1 and True are equal for Python only.
    return () if canonical(old) == canonical(new) else (Change(path, old, new),)


def ballots_of(classes: Mapping[str, int]) -> str:
    """Return the SHA-256 of ballots as they are written, a line each, sorted."""
    found = hashlib.sha256()
    for choices in sorted(classes):
        found.update(f"{choices}\n".encode() * classes[choices])
    return found.hexdigest()


def live_of(commitments: Iterable[bytes]) -> str:
    """Return the SHA-256 of the commitments that count, sorted."""
    return hashlib.sha256(b"".join(sorted(map(bytes, commitments)))).hexdigest()


def mismatches_of(found: Iterable[tuple[bytes | None, str]]) -> list[list[str | None]]:
    """Return what did not fit as it is noted."""
    told = ([bytes(commitment).hex() if commitment else None, problem] for commitment, problem in found)
    return sorted(told, key=canonical)


def opened(classes: Mapping[str, int], live: Iterable[bytes], mismatches: Iterable[tuple[bytes | None, str]]) -> Facts:
    """Return what is noted of the opened ballots."""
    return {
        "number": sum(classes.values()), "ballots": ballots_of(classes), "live": live_of(live),
        "mismatches": mismatches_of(mismatches),
    }  # fmt: skip


def _apply(facts: dict[str, Any], change: Change) -> None:
    place: Any = facts
    for name in change.path[:-1]:
        place = place.get(name) if isinstance(place, dict) else None
    last = change.path[-1]
    if not isinstance(place, dict) or canonical(place.get(last)) != canonical(change.old):
        raise CheckpointWrong("an amendment of something else")
    if change.new is None:
        place.pop(last, None)
    else:
        place[last] = change.new


def _in_order(chain: Sequence[Note], kind: str) -> bool:
    done = [note.kind for note in chain if note.kind != AMENDED]
    if kind not in STEPS:
        return False
    again = bool(done) and done[-1] == kind == STEPS[-1]
    return again or done == list(STEPS[: STEPS.index(kind)])


def _read(text: str, origin: str) -> Note:
    try:
        name, number, kind, former, told = text.split("\n")[:5]
        found = Note(origin, int(number), kind, base64.b64decode(former, validate=True), dict(json.loads(told)))
        same = found.text() == text and name == origin + NAME
    except (ValueError, TypeError, RecursionError) as error:
        raise CheckpointWrong("not a note") from error
    if not same:
        raise CheckpointWrong("not a note")
    return found
