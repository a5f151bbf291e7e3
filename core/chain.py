"""The chain: each line of a journal carries the hash of all lines before it, so none changes, goes or comes unseen.

A line's hash is SHA-256("glas/journal1\\n" ‖ former hash ‖ content); the first line's former hash is 32 zero bytes. The
content is JSON in its one form: names sorted, no blanks, letters as they are, the moment in UTC to the microsecond.
It covers all that a line keeps: where, when, in which role and under which pseudonym, what, and its facts. The name of
a person stands in no line – it is found by the pseudonym as long as the account is there –, so an erased account
changes no hash.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

START = bytes(32)
PREFIX = b"glas/journal1\n"
# The origin of a head is that of the log that it stands beside, and this.
OF_HEAD = "/journal"


@dataclass(frozen=True, slots=True)
class Line:
    """What one line keeps. `number`: its place in the chain, from 1 on; `former` and `hash`: 32 bytes each."""

    number: int
    former: bytes
    hash: bytes
    municipality_id: int
    round_id: int | None
    at: datetime
    role: str
    pseudonym: str
    action: str
    facts: Mapping[str, Any]

    @property
    def whole(self) -> bool:
        """Return whether the line's hash is that of its content."""
        return self.hash == link(self.former, content(self))


def link(former: bytes, text: bytes) -> bytes:
    """Return the hash of a line with this content after one with the `former` hash."""
    return hashlib.sha256(PREFIX + former + text).digest()


def content(line: Any) -> bytes:
    """Return what is hashed of a line, or of anything that has its fields."""
    return canonical({
        "action": str(line.action),
        "at": moment(line.at),
        "facts": line.facts,
        "municipality": line.municipality_id,
        "number": line.number,
        "pseudonym": line.pseudonym,
        "role": str(line.role),
        "round": line.round_id,
    })  # fmt: skip


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return JSON in its one form."""
    # Read back first: what a database keeps of a number as a name is a text.
    plain = json.loads(json.dumps(value))
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")


def moment(at: datetime) -> str:
    """Return a moment as it is hashed, like 2026-01-01T10:00:00.000000Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
