"""The evidence: what a bundle says, file by file, each read once and checked for its form as it is read."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, TypeVar

from nacl.signing import VerifyKey

from core.audit import _streams, bundle
from core.audit._streams import Board, Openings
from core.audit.files import BundleFiles, BundleWrong, Given
from core.ballots.types import TYPES
from core.counting import pabulib
from core.counting.allocation import EVERY_TIE
from core.counting.election import Instance, canonical
from core.counting.pabulib import PabulibFile
from core.errors import FileWrong
from core.trust import notes
from core.trust.checkpoints import Checkpoint, CheckpointWrong, open_note, signed_text, verifier
from core.trust.commitments import KINDS
from core.trust.notes import Note

HEAD = 4_000_000  # bytes before the first ballot
AMOUNT = 2**63
NOTE = 5  # lines of a checkpoint: three, an empty one, and its signature
Value = TypeVar("Value")


class Evidence:
    """A bundle, read part by part when a check asks for it. What cannot be read raises BundleWrong."""

    def __init__(self, files: BundleFiles, given: Given) -> None:
        """Keep the files and what they are held against; nothing is read yet."""
        self.files, self.given = files, given

    @property
    def for_auditor(self) -> bool:
        """Return whether there are openings."""
        return bundle.OPENINGS in self.files.names

    @property
    def noted(self) -> bool:
        """Return whether the round has notes of what is voted on; one that was closed by an earlier Glas has none."""
        return bool(self.rules["format"] == bundle.FORMAT)

    @cached_property
    def key(self) -> tuple[str, VerifyKey]:
        """Return the log's name and public key."""

        def read() -> tuple[str, VerifyKey]:
            text = self._text(bundle.KEY)
            origin, key = bundle.public_key(text)
            return _same((origin, key), f"{verifier(origin, key)}\n", text)

        return _formed(bundle.KEY, read)

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """Return what was signed of what is voted on and of the closing, each after the one before it."""
        origin, key = self.key
        single = self.single_notes
        return _formed(bundle.VOTED_ON, lambda: notes.read(single, origin, key))

    @property
    def every_tie(self) -> bool:
        """Return whether the note of the count says that its result tells of every tie; one of an earlier Glas has no
        word of it.
        """
        counted = notes.newest(self.notes, "counted") if self.noted else None
        return bool(counted and counted.get("form", 1) >= EVERY_TIE)

    @cached_property
    def single_notes(self) -> tuple[str, ...]:
        """Return these notes as they are signed."""
        text = self._text(bundle.VOTED_ON)

        def read() -> tuple[str, ...]:
            found = bundle.notes(text)
            return _same(found, "\n".join(found), text)

        return _formed(bundle.VOTED_ON, read)

    @cached_property
    def voted_on(self) -> Mapping[str, Any]:
        """Return what is voted on by the notes, amendments included."""
        return _formed(bundle.VOTED_ON, lambda: notes.voted_on(self.notes))

    @cached_property
    def words(self) -> Mapping[str, Any]:
        """Return the words of the projects: language, and by code title and text, None for what is hidden."""
        found = self._object(bundle.WORDS)
        if not _fits(found, WORDS) or not all(_fits(each, PROJECT) for each in found["projects"].values()):
            raise BundleWrong("form", bundle.WORDS)
        return found

    @cached_property
    def rules(self) -> Mapping[str, Any]:
        """Return how the round is counted; every field is of its type."""
        found = self._object(bundle.RULES)
        form = {**RULES, **WITHDRAWN} if "withdrawn" in found else RULES
        if not _fits(found, form) or not _reasonable(found):
            raise BundleWrong("form", bundle.RULES)
        return found

    @property
    def withdrawn(self) -> tuple[Mapping[str, Any], ...]:
        """Return the projects that were withdrawn since people vote, each with its votes and the public reason."""
        return tuple(self.rules.get("withdrawn", ()))

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
        """Return the checkpoints in their order; each is signed by the log's key, and by nobody else."""
        origin, key = self.key

        def read(note: str) -> Checkpoint:
            signed_text(note, origin, key)
            return open_note(note, origin, key)

        return tuple(_formed(bundle.CHECKPOINTS, partial(read, note)) for note in self._notes_one_by_one())

    @cached_property
    def board(self) -> Board:
        """Return what the board says, with its roots where checkpoints were signed or kept."""
        sizes = _readable(lambda: [each.size for each in self.checkpoints])
        asked = _readable(lambda: [self.kept.size] if self.kept else [])
        told = _readable(lambda: [bytes.fromhex(each["commitment"] or "") for each in self.counts["mismatches"]])
        return _streams.board(self.files, sizes, [each for each in asked if each not in sizes], told)

    @cached_property
    def kept(self) -> Checkpoint | None:
        """Return the checkpoint that was kept elsewhere, None if none is given. Raises CheckpointWrong."""
        return None if self.given.checkpoint is None else open_note(self.given.checkpoint, *self.key)

    @cached_property
    def election(self) -> PabulibFile:
        """Return the ballots, without what was withdrawn. Never more of them are read than the board has leaves."""
        return self._election(bundle.ELECTION)

    @cached_property
    def as_cast(self) -> PabulibFile:
        """Return the ballots as people have voted: with what was withdrawn since, if anything was."""
        return self._election(bundle.AS_CAST) if self.withdrawn else self.election

    def _election(self, name: str) -> PabulibFile:
        data = self.files.read(name)
        votes = pabulib.VOTES_LINE.search(data, 0, HEAD)
        most = self.board.size + len(self.rules["projects"]) + 1_000
        if votes is None or data.count(b"\n") + data.count(b"\r") > most:
            raise BundleWrong("too_large" if votes else "form", name)
        try:
            return pabulib.read(data)
        except FileWrong as error:
            raise BundleWrong("form", name, error.line) from error

    @property
    def instance(self) -> Instance:
        """Return the projects as people voted on them, with the drawn order; it tells which were withdrawn since."""
        gone = {each["id"] for each in self.withdrawn}
        return self._drawn(self.as_cast.instance, gone)

    @property
    def left(self) -> Instance:
        """Return the projects of the election's file, which leaves out what was withdrawn, with the drawn order."""
        return self._drawn(self.election.instance, set())

    def _drawn(self, found: Instance, gone: set[str]) -> Instance:
        # A score in the file is the sum of its votes, not one that was published elsewhere.
        projects = tuple(replace(each, score=None, withdrawn=each.id in gone) for each in found.projects)
        left_out = {each["id"] for each in self.withdrawn}.difference(found.ids)
        order = (code for code in self.rules["draw"]["order"] if code not in left_out)
        return Instance(projects, found.budget, found.unit, tuple(order))

    @cached_property
    def openings(self) -> Openings:
        """Return what the openings say; of each the commitment is computed anew and looked for on the board."""
        return _streams.held(self.files, self.rules["round"], self.board.size)

    @cached_property
    def opened(self) -> Counter[tuple[Any, ...]]:
        """Return the opened ballots, each of a kind once with its number."""
        found = Counter[tuple[Any, ...]]()
        for number, _slot, _revision, opening in _streams.openings(self.files, self.rules["round"], self.board.size):
            if opening is not None and opening.choices:
                found[self._ballot(opening.choices, number)] += 1
        return found

    def _ballot(self, choices: str, number: int) -> tuple[Any, ...]:
        def read() -> tuple[Any, ...]:
            found = json.loads(choices)
            if not isinstance(found, list | dict) or not all(isinstance(each, str) for each in found):
                raise ValueError("not a ballot")
            return canonical(self.rules["kind"], found)

        return _formed(bundle.OPENINGS, read, number)

    def _notes_one_by_one(self) -> Iterator[str]:
        """Yield the checkpoints as they are signed, however many there are: five lines each, an empty line between."""
        lines: list[str] = []
        for number, raw in self.files.lines(bundle.CHECKPOINTS):
            lines.append(_formed(bundle.CHECKPOINTS, raw.decode, number))
            if len(lines) == NOTE:
                yield "\n".join(lines) + "\n"
            if len(lines) == NOTE + 1 and lines[-1]:
                raise BundleWrong("form", bundle.CHECKPOINTS, number)
            if len(lines) > NOTE + 1:
                lines = lines[-1:]
        if lines and len(lines) != NOTE:
            raise BundleWrong("form", bundle.CHECKPOINTS)

    def _text(self, name: str) -> str:
        return _formed(name, lambda: self.files.read(name).decode())

    def _object(self, name: str) -> dict[str, Any]:
        def read() -> dict[str, Any]:
            raw = self.files.read(name)
            found = dict(_json(raw))
            return _same(found, bundle.as_json(found), raw)

        return _formed(name, read)


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
WITHDRAWN: Mapping[str, Any] = {"withdrawn": [{"id": str, "votes": int, "reason": str}]}
WORDS: Mapping[str, Any] = {"language": str, "projects": dict}
PROJECT: Mapping[str, Any] = {"title": (dict, type(None)), "text": (dict, type(None))}


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
    if rules["format"] not in (bundle.FORMAT, bundle.FIRST_FORMAT) or rules["ballot"]["type"] not in TYPES:
        return False
    codes, gone = {each["id"] for each in rules["projects"]}, [each["id"] for each in rules.get("withdrawn", ())]
    if ("withdrawn" in rules and not gone) or len(set(gone)) < len(gone) or not codes.issuperset(gone):
        return False
    amounts = [rules["budget"], rules["unit"], *(project["cost"] for project in rules["projects"])]
    return all(0 <= amount < AMOUNT for amount in amounts) and 0 < rules["unit"] <= 10_000


def _same(value: Value, written: str | bytes, found: str | bytes) -> Value:
    """Return the value; refuse any form but the one in which it is written. Raises ValueError."""
    if written != found:
        raise ValueError("not as it is written")
    return value


def _readable(read: Callable[[], list[Value]]) -> list[Value]:
    """Return what can be read, or nothing: another check tells that it cannot."""
    try:
        return read()
    except (BundleWrong, CheckpointWrong, ValueError, TypeError):
        return []


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
