"""Board and openings, which are longer than memory is: read line by line, again for each part of the commitments.

Whatever needs two lines to be seen together – that none stands there twice, that an opening has its line – is looked
for in one part of the commitments after the other, so that memory holds one part and never all.
"""

import json
import re
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.audit import bundle
from core.audit.files import SHOWN, BundleFiles, BundleWrong
from core.trust.commitments import NONCE, Opening, leaf_bytes
from core.trust.merkle import Growing

PART = 500_000  # lines that are kept in memory at once
MORE = 1_000  # lines beyond what was signed that are still read

_LEAF = re.compile(
    rb'\{"position":(0|[1-9][0-9]{0,17}),"commitment":"([0-9a-f]{64})","kind":"(ballot|replace|withdraw)",'
    rb'"live":(true|false)\}'
)

Line = tuple[bytes, str, bool]  # commitment, kind, whether it counts


@dataclass(slots=True)
class Board:
    """What the lines of the board say together. `roots`: by size, where a checkpoint was asked for."""

    size: int = 0
    root: bytes = b""
    live: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    roots: dict[int, bytes] = field(default_factory=dict)
    told: dict[bytes, str] = field(default_factory=dict)  # kinds of the commitments that were asked for
    unsorted: tuple[int, int] | None = None  # the first batch that is not


@dataclass(slots=True)
class Openings:
    """What the openings say together, held against the board."""

    ballots: int = 0
    slots: int = 0
    repeated: int = 0  # lines of a slot that stands there already
    unopened: int = 0  # slots whose last ballot could not be opened
    revisions: int = 0
    not_withdrawn: int = 0
    not_on_board: int = 0
    not_opened: int = 0
    numbers: int = 0
    twice: list[str] = field(default_factory=list)  # some receipt numbers that stand there twice


def board(files: BundleFiles, signed: Sequence[int], asked: Sequence[int] = (), told: Sequence[bytes] = ()) -> Board:
    """Return the board. `signed`: its batches by their ends; `asked`: further sizes whose roots are wanted."""
    found, tree, ends = Board(), Growing(), frozenset(signed)
    wanted, before, start = {*signed, *asked}, b"", 0
    names = frozenset(told)
    if 0 in wanted:
        found.roots[0] = tree.root()
    for commitment, kind, live in leaves(files, most=max(wanted, default=0)):
        if commitment < before and found.unsorted is None:
            found.unsorted = (start, next((end for end in sorted(ends) if end > start), tree.size))
        before = commitment
        tree.append(leaf_bytes(kind, commitment))
        found.kinds[kind] += 1
        found.live += live
        if commitment in names:
            found.told[commitment] = kind
        if tree.size in wanted:
            found.roots[tree.size] = tree.root()
            if tree.size in ends:
                start, before = tree.size, b""
    found.size, found.root = tree.size, tree.root()
    _refuse_twice(files, found.size)
    return found


def leaves(files: BundleFiles, most: int) -> Iterator[Line]:
    """Yield the lines of the board; few more than were ever signed. Raises BundleWrong for any other form."""
    for number, line in files.lines(bundle.BOARD):
        read = _LEAF.fullmatch(line)
        if read is None or int(read[1]) != number - 1 or (read[3] == b"withdraw" and read[4] == b"true"):
            raise BundleWrong("form", bundle.BOARD, number)
        if number > most + MORE:
            raise BundleWrong("too_large", bundle.BOARD)
        yield bytes.fromhex(read[2].decode()), sys.intern(read[3].decode()), read[4] == b"true"


def openings(files: BundleFiles, name: str, size: int) -> Iterator[tuple[int, str, int, Opening | None]]:
    """Yield (number, slot, revision, opened ballot) of each line, by slot. Raises BundleWrong for any other form."""
    before = ""
    for number, line in files.lines(bundle.OPENINGS):
        try:
            slot, revision, opening = _opening(line, name)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise BundleWrong("form", bundle.OPENINGS, number) from error
        if slot < before:
            raise BundleWrong("form", bundle.OPENINGS, number)
        if number > size + MORE:
            raise BundleWrong("too_large", bundle.OPENINGS)
        before = slot
        yield number, slot, revision, opening


def held(files: BundleFiles, name: str, size: int) -> Openings:
    """Return the openings, each held against the line of the board that it belongs to."""
    found, parts = Openings(), -(-size // PART) or 1
    for part in range(parts):
        _hold_part(files, name, size, found, (part, parts))
    slot, last = None, 0
    for _number, each, revision, opening in openings(files, name, size):
        found.repeated += each == slot
        found.revisions += revision - (last if each == slot else 0)
        found.slots += each != slot
        found.unopened += opening is None
        found.ballots += opening is not None and bool(opening.choices)
        slot, last = each, revision
    return found


def _hold_part(files: BundleFiles, name: str, size: int, found: Openings, part: tuple[int, int]) -> None:
    lines = {
        commitment: (kind, live) for commitment, kind, live in leaves(files, size) if _in(commitment, part)
    }  # fmt: skip
    numbers, done = set[str](), set[bytes]()
    for _number, _slot, _revision, opening in openings(files, name, size):
        if opening is None:
            continue
        if zlib.crc32(opening.number.encode()) % part[1] == part[0]:
            if opening.number in numbers and len(found.twice) < SHOWN:
                found.twice.append(opening.number)
            numbers.add(opening.number)
        commitment = opening.commitment()
        if not _in(commitment, part):
            continue
        kind, live = lines.get(commitment, ("", False))
        there = live if opening.choices else kind == "withdraw"
        if commitment in done or not there:
            found.not_on_board += bool(opening.choices)
            found.not_withdrawn += not opening.choices
        done.add(commitment)
    found.not_opened += sum(live and commitment not in done for commitment, (_kind, live) in lines.items())
    found.numbers += len(numbers)


def _refuse_twice(files: BundleFiles, size: int) -> None:
    parts = -(-size // PART) or 1
    for part in range(parts):
        seen = set[bytes]()
        for commitment, _kind, _live in leaves(files, size):
            if _in(commitment, (part, parts)):
                if commitment in seen:
                    raise BundleWrong("twice", bundle.BOARD)
                seen.add(commitment)


def _in(commitment: bytes, part: tuple[int, int]) -> bool:
    return int.from_bytes(commitment[:4]) % part[1] == part[0]


def _opening(line: bytes, name: str) -> tuple[str, int, Opening | None]:
    """Return a slot, the revision of its last ballot, and the opened ballot if it holds one. Raises ValueError."""
    found: dict[str, Any] = dict(json.loads(line))
    # What would be written otherwise is another form of the same, and 1.0 or true is no revision.
    if bundle.as_line(found) != line:
        raise ValueError("not as it is written")
    slot, revision = found["slot"], found["revision"]
    if type(slot) is not str or type(revision) is not int or revision < 1:
        raise ValueError("not a slot")
    if found["nonce"] is None:
        if list(found) != ["slot", "revision", "nonce"]:
            raise ValueError("not an empty slot")
        return slot, revision, None
    if list(found) != ["slot", "revision", "nonce", "number", "choices"]:
        raise ValueError("not an opening")
    number, choices = found["number"], found["choices"]
    opening = Opening(name, slot, revision, bytes.fromhex(found["nonce"]), number, choices)
    if len(opening.nonce) != NONCE or opening.nonce.hex() != found["nonce"]:
        raise ValueError("not a nonce")
    if type(number) is not str or type(choices) is not str:
        raise ValueError("not an opening")
    return slot, revision, opening
