"""Commitments: a fingerprint that fixes a ballot without showing it, until it is opened."""

import hashlib
import json
from dataclasses import dataclass

PREFIX = b"glas/cbo1|"
NONCE = 64  # bytes: 32 of the voter's browser and 32 of the server, so that no two voters can be handed one receipt

# What a leaf does to the number of ballots in the box: +1, 0 or −1. So the board alone says how many there must be.
KINDS = {"ballot": b"\x01", "replace": b"\x02", "withdraw": b"\x03"}


def leaf_bytes(kind: str, commitment: bytes) -> bytes:
    """Return what a leaf of the log holds: a byte for its kind, and the commitment."""
    return KINDS[kind] + commitment


@dataclass(frozen=True, slots=True)
class Opening:
    """What a commitment fixes. `choices` is the ballot's canonical text; `number` is its receipt's."""

    round: str
    slot: str
    revision: int
    nonce: bytes
    number: str
    choices: str

    def commitment(self) -> bytes:
        """Return the 32 bytes that stand on the board."""
        return hashlib.sha256(PREFIX + self.to_bytes()).digest()

    def to_bytes(self) -> bytes:
        """Return the one way in which this opening is written: JSON, fields in this order, no spaces."""
        fields = [self.round, self.slot, self.revision, self.nonce.hex(), self.number, self.choices]
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Opening":
        """Return the opening that was written so. Raises ValueError."""
        try:
            round_slug, slot, revision, nonce, number, choices = json.loads(raw)
            found = cls(round_slug, slot, revision, bytes.fromhex(nonce), number, choices)
        except (TypeError, UnicodeDecodeError) as error:
            raise ValueError("not an opening") from error
        if len(found.nonce) != NONCE or found.to_bytes() != raw:
            raise ValueError("not an opening")
        return found
