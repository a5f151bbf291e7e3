"""Checkpoints: what the log holds at one moment, signed, in a form that anyone's tools can read.

Source: C2SP tlog-checkpoint and signed-note. A checkpoint is three lines – origin, number of leaves, root in base64 –
an empty line, and a line for each signature. The key's name is the origin.
"""

import base64
import hashlib
from dataclasses import dataclass

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

ED25519 = b"\x01"
DASH = "— "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of one log: `size` leaves under one `root` (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the lines that are signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


class CheckpointWrong(ValueError):
    """The note is not a checkpoint of this log, or its signature does not hold."""


def sign(checkpoint: Checkpoint, key: SigningKey) -> str:
    """Return the signed note."""
    return sign_text(checkpoint.text(), checkpoint.origin, key)


def sign_text(text: str, name: str, key: SigningKey) -> str:
    """Return these lines as a note, signed under this name."""
    signature = key.sign(text.encode()).signature
    return f"{text}\n{DASH}{name} {_base64(key_id(name, key.verify_key) + signature)}\n"


def signed_text(note: str, name: str, key: VerifyKey) -> str:
    """Return the lines of a note that this key alone has signed under this name. Raises CheckpointWrong."""
    text, separator, line = note.partition("\n\n")
    text += "\n"
    # One signature and nothing else: whatever could be added or left out would be a second form of the same note.
    if not separator or not line.endswith("\n") or not _signed(text, line[:-1], name, key):
        raise CheckpointWrong("no valid signature by this key")
    return text


def open_note(note: str, origin: str, key: VerifyKey) -> Checkpoint:
    """Return the checkpoint of a note that this key has signed. Raises CheckpointWrong."""
    text, separator, signatures = note.partition("\n\n")
    text += "\n"
    checkpoint = _parse(text)
    if not separator or checkpoint.origin != origin:
        raise CheckpointWrong(f"not a checkpoint of {origin}")
    if not any(_signed(text, line, origin, key) for line in signatures.splitlines()):
        raise CheckpointWrong("no valid signature by this key")
    return checkpoint


def key_id(name: str, key: VerifyKey) -> bytes:
    """Return the four bytes by which a signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + bytes(key)).digest()[:4]


def verifier(name: str, key: VerifyKey) -> str:
    """Return the public key as one line that other tools take: name+id+key."""
    return f"{name}+{key_id(name, key).hex()}+{_base64(ED25519 + bytes(key))}"


def read_verifier(line: str) -> tuple[str, VerifyKey]:
    """Return the name and the public key of such a line. Raises CheckpointWrong."""
    try:
        name, told, encoded = line.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        key = VerifyKey(raw[1:])
    except ValueError as error:
        raise CheckpointWrong("not a public key line") from error
    if raw[:1] != ED25519 or key_id(name, key).hex() != told:
        raise CheckpointWrong("the key does not match its name")
    return name, key


def _parse(text: str) -> Checkpoint:
    try:
        origin, size, encoded = text.split("\n")[:3]
        found = Checkpoint(origin, int(size), base64.b64decode(encoded, validate=True))
    except ValueError as error:
        raise CheckpointWrong("not a checkpoint") from error
    # Only one way of writing a checkpoint is right: 07, +7 or a further line would be a second one.
    if found.text() != text or found.size < 0 or len(found.root) != 32:
        raise CheckpointWrong("not a checkpoint")
    return found


def _signed(text: str, line: str, origin: str, key: VerifyKey) -> bool:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or name != origin:
        return False
    try:
        raw = base64.b64decode(encoded, validate=True)
        key.verify(text.encode(), raw[4:])
    except (ValueError, BadSignatureError):
        return False
    # Base64 has unused bits, so that a line could be written in more than one way.
    return raw[:4] == key_id(origin, key) and _base64(raw) == encoded


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
