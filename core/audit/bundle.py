"""The bundle: an opened round as a few plain files that anyone can check and count again.

The public one holds the board, and the ballots in an order that tells nothing. The auditor's one adds how each ballot
belongs to the board. The same round gives the same bytes, whoever asks and whenever.
"""

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nacl.signing import SigningKey, VerifyKey

from core import chain
from core.chain import Line
from core.counting.allocation import Allocation, allocation_to_json
from core.counting.election import Instance, Kind, Profile, profile_of
from core.counting.pabulib.writing import write_counted, write_election
from core.trust import checkpoints
from core.trust.checkpoints import Checkpoint
from core.trust.commitments import KINDS, Opening

# Bundles of a round of which nothing but its board was signed keep the first form.
FORMAT, FIRST_FORMAT = "glas/bundle2", "glas/bundle1"
ELECTION, BOARD, CHECKPOINTS = "election.pb", "board.jsonl", "checkpoints.txt"
COUNTS, RULES, RESULTS, KEY = "counts.json", "rules.json", "results.json", "key.txt"
README = ("README.bg.md", "README.en.md")
MANIFEST, SIGNATURE = "MANIFEST.sha256", "MANIFEST.sig"
OPENINGS = "openings.jsonl"
# Of the journal: its heads beside the checkpoints, and – for the auditor – the round's lines. An older bundle has none.
HEADS, JOURNAL = "journal_heads.txt", "journal.jsonl"
VOTED_ON, WORDS, VERDICT = "voted-on.txt", "words.json", "verdict.txt"
# Where something was withdrawn, the election as people voted, with it; the other file leaves it out.
AS_CAST = "as-cast.pb"
PUBLIC = frozenset({ELECTION, BOARD, CHECKPOINTS, COUNTS, RULES, RESULTS, KEY, *README, MANIFEST, SIGNATURE})
# What a bundle of today's form holds besides, and what any may hold.
NOTED, MORE = frozenset({VOTED_ON, WORDS}), frozenset({OPENINGS, VERDICT, HEADS, JOURNAL, AS_CAST})
# The name under which the manifest is signed, so that its signature can never pass for a checkpoint's.
OF_MANIFEST = "/manifest"

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A line of the board. `kind`: what it does to the box; `live`: whether it is a ballot that counts."""

    commitment: bytes
    kind: str
    live: bool


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A ballot that could not be opened to what the board promised."""

    commitment: str | None  # hexadecimal
    problem: str


@dataclass(frozen=True, slots=True)
class OpenedRound:
    """Everything a bundle tells of a round. Ballots are written as `core.ballots.forms` writes them."""

    name: str  # as it stands in every commitment
    origin: str
    head: Mapping[str, str]  # of the election's file: where and when it was
    kind: Kind
    ballot_type: str
    min_choices: int | None
    max_choices: int | None
    instance: Instance  # its lot is the drawn order
    ballots: tuple[str, ...]
    board: tuple[Leaf, ...]
    checkpoints: tuple[str, ...]
    randomness: str
    randomness_source: str
    allocation: Allocation
    fingerprint: str
    turnout: Mapping[str, Any]  # as published
    mismatches: tuple[Mismatch, ...] = ()
    openings: tuple[Opening, ...] | None = None  # None in a public bundle
    emptied: tuple[tuple[str, int], ...] = ()  # slots without a ballot: name and revision
    heads: tuple[str, ...] = ()  # of the journal, as signed notes
    journal: tuple[Line, ...] = ()  # the round's lines; none in a public bundle
    notes: tuple[str, ...] = ()  # what was signed of what is voted on; none of a round that was closed without
    words: Mapping[str, Any] | None = None  # language, and title and text of each project by code
    withdrawn: Mapping[str, str] = field(default_factory=dict)  # since people vote: why, by code
    verdict: str | None = None  # an auditor's signed note, which anybody may lay beside the files


def files(opened: OpenedRound, readme: Files, key: SigningKey) -> dict[str, bytes]:
    """Return the files of a bundle by name; with openings they are the auditor's."""
    found = {
        ELECTION: election(opened),
        BOARD: _lines(_leaf(position, leaf) for position, leaf in enumerate(opened.board)),
        CHECKPOINTS: "\n".join(opened.checkpoints).encode(),
        COUNTS: as_json(counts(opened)),
        RULES: as_json(rules(opened)),
        RESULTS: as_json(results(opened.allocation, opened.fingerprint)),
        KEY: f"{checkpoints.verifier(opened.origin, key.verify_key)}\n".encode(),
        **{name: readme[name] for name in README},
    }
    if opened.withdrawn:
        found[AS_CAST] = as_cast(opened)
    if opened.heads:
        found[HEADS] = "\n".join(opened.heads).encode()
    if opened.journal:
        found[JOURNAL] = b"".join(_journal_line(line) + b"\n" for line in opened.journal)
    if opened.notes:
        found |= {VOTED_ON: "\n".join(opened.notes).encode(), WORDS: as_json(opened.words or {})}
    if opened.openings is not None:
        found[OPENINGS] = _lines(_openings(opened.openings, opened.emptied))
    made = sealed(found, opened.origin, key)
    # Who adds it signs it herself: the manifest says nothing of it.
    return {**made, VERDICT: opened.verdict.encode()} if opened.verdict else made


def sealed(found: Files, origin: str, key: SigningKey) -> dict[str, bytes]:
    """Return the files with a manifest of their hashes and its signature."""
    manifest = "".join(f"{hashlib.sha256(found[name]).hexdigest()}  {name}\n" for name in sorted(found)).encode()
    return {**found, MANIFEST: manifest, SIGNATURE: checkpoints.sign(of_manifest(manifest, origin), key).encode()}


def of_manifest(manifest: bytes, origin: str) -> Checkpoint:
    """Return what is signed of a manifest: how many files it names, and its hash."""
    return Checkpoint(origin + OF_MANIFEST, manifest.count(b"\n"), hashlib.sha256(manifest).digest())


def to_zip(found: Files) -> bytes:
    """Return the files as an archive that tells nothing of when and where it was made."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name in sorted(found):
            archive.writestr(entry(name), found[name], compresslevel=6)
    return kept.getvalue()


def entry(name: str) -> zipfile.ZipInfo:
    """Return the one form in which a file is listed in an archive: no moment, no owner, nothing beside its content."""
    listed = zipfile.ZipInfo(name)
    listed.external_attr, listed.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
    return listed


def election(opened: OpenedRound) -> bytes:
    """Return the ballots as an election file, sorted: their order says nothing, and is always the same."""
    return write_counted(opened.instance, _profile(opened), opened.head, opened.allocation).encode()


def as_cast(opened: OpenedRound) -> bytes:
    """Return the election as people voted, as a file: with what was withdrawn, and without an outcome."""
    projects = tuple(replace(each, withdrawn=False) for each in opened.instance.projects)
    return write_election(replace(opened.instance, projects=projects), _profile(opened), opened.head).encode()


def _profile(opened: OpenedRound) -> Profile:
    return profile_of(opened.kind, Counter(opened.ballots), opened.instance.ids)


def counts(opened: OpenedRound) -> dict[str, Any]:
    """Return the numbers that are published, and what could not be opened."""
    return {
        "ballots": len(opened.ballots),
        "leaves": len(opened.board),
        "live": sum(leaf.live for leaf in opened.board),
        "kinds": {kind: sum(leaf.kind == kind for leaf in opened.board) for kind in KINDS},
        "mismatches": [{"commitment": each.commitment, "problem": each.problem} for each in opened.mismatches],
        "turnout": opened.turnout,
    }


def rules(opened: OpenedRound) -> dict[str, Any]:
    """Return how the round is counted, and with which draw; what was withdrawn is told only where something was."""
    told = {
        "withdrawn": [
            {"id": each.project, "votes": each.votes_had, "reason": opened.withdrawn[each.project]}
            for each in opened.allocation.unfunded
            if each.project in opened.withdrawn
        ]
    }
    return (told if opened.withdrawn else {}) | {
        "format": FORMAT if opened.notes else FIRST_FORMAT,
        "round": opened.name,
        "origin": opened.origin,
        "kind": opened.kind,
        "ballot": {"type": opened.ballot_type, "min": opened.min_choices, "max": opened.max_choices},
        "rule": opened.allocation.rule,
        "settings": dict(opened.allocation.settings),
        "budget": opened.instance.budget,
        "unit": opened.instance.unit,
        "projects": [{"id": project.id, "cost": project.cost} for project in opened.instance.projects],
        "draw": {
            "randomness": opened.randomness,
            "source": opened.randomness_source,
            "order": list(opened.instance.lot),
        },
    }


def results(allocation: Allocation, fingerprint: str) -> dict[str, Any]:
    """Return the outcome with all its steps; of a funded project only what the count used."""
    told = json.loads(allocation_to_json(allocation))
    told.pop("form", None)  # the note of the count tells it
    told["funded"] = [{"id": project.id, "cost": project.cost} for project in allocation.funded]
    return {"allocation": told, "fingerprint": fingerprint}


def notes(text: str) -> tuple[str, ...]:
    """Return the single checkpoints of a file of them: each is a text, an empty line and its signatures."""
    parts = text.split("\n\n")
    return tuple(f"{text}\n\n{signatures.rstrip(chr(10))}\n" for text, signatures in _pairs(parts))


def public_key(line: str) -> tuple[str, VerifyKey]:
    """Return the log's name and key of a line like that in key.txt. Raises CheckpointWrong."""
    return checkpoints.read_verifier(line)


def _pairs(parts: Sequence[str]) -> Iterable[tuple[str, str]]:
    if len(parts) % 2:
        raise ValueError("a checkpoint without a signature")
    return zip(parts[::2], parts[1::2], strict=True)


def _journal_line(line: Line) -> bytes:
    """Return a line of the journal as what is hashed of it, with its hash and the one before."""
    return chain.canonical({**json.loads(chain.content(line)), "former": line.former.hex(), "hash": line.hash.hex()})


def _leaf(position: int, leaf: Leaf) -> dict[str, Any]:
    return {"position": position, "commitment": leaf.commitment.hex(), "kind": leaf.kind, "live": leaf.live}


def _openings(openings: Iterable[Opening], emptied: Iterable[tuple[str, int]]) -> Iterable[dict[str, Any]]:
    """Yield a line for each slot, by its random name: its opened ballot, or that it holds none."""
    lines: list[dict[str, Any]] = [
        {
            "slot": each.slot,
            "revision": each.revision,
            "nonce": each.nonce.hex(),
            "number": each.number,
            "choices": each.choices,
        }
        for each in openings
    ]
    lines += [{"slot": slot, "revision": revision, "nonce": None} for slot, revision in emptied]
    return sorted(lines, key=lambda line: str(line["slot"]))


def as_json(value: Mapping[str, Any]) -> bytes:
    """Return the one way in which a file of facts is written."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def as_line(value: Mapping[str, Any]) -> bytes:
    """Return the one way in which a line of facts is written, without its end."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _lines(values: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(as_line(each) + b"\n" for each in values)
