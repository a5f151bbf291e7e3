"""Links sealed to passphrases: the key from people to slots, in case the server is lost while a round is open.

Two people each choose a passphrase; either of them opens the file. It is destroyed with the key after the objection
window.
"""

import json
from typing import Any

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import SecretBox
from nacl.utils import random

from core.errors import LinkRefused
from core.trust.keys import LENGTH

FORMAT = "glas/link1"
SHORTEST = 15  # letters of a passphrase; it is never asked for online, so nothing slows guessing but its length
EFFORT, MEMORY = argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE


def seal(slug: str, key: bytes, passphrases: tuple[str, str]) -> bytes:
    """Return the file: the round's name, and the key once for each passphrase. Raises LinkRefused."""
    if min(map(len, passphrases)) < SHORTEST:
        raise LinkRefused(problem="short")
    if passphrases[0] == passphrases[1]:
        raise LinkRefused(problem="same")
    seals = []
    for passphrase in passphrases:
        salt = random(argon2id.SALTBYTES)
        box = _box(passphrase, salt, EFFORT, MEMORY)
        seals.append({"salt": salt.hex(), "sealed": bytes(box.encrypt(_named(slug) + key)).hex()})
    told = {"format": FORMAT, "round": slug, "effort": EFFORT, "memory": MEMORY, "seals": seals}
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def open_seal(sealed: bytes, passphrase: str) -> tuple[str, bytes]:
    """Return the round's name and its key. Raises LinkRefused."""
    try:
        told = json.loads(sealed)
        slug, seals, effort, memory = told["round"], told["seals"], int(told["effort"]), int(told["memory"])
        pairs = [(bytes.fromhex(each["salt"]), bytes.fromhex(each["sealed"])) for each in seals[:2]]
        if told["format"] != FORMAT or not isinstance(slug, str) or effort > 10 or memory > 1 << 30:
            raise ValueError("not a link")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise LinkRefused(problem="damaged") from error
    for salt, box in pairs:
        found = _opened(passphrase, salt, box, effort, memory)
        if found is not None and found[:-LENGTH] == _named(slug):
            return slug, found[-LENGTH:]
    raise LinkRefused(problem="passphrase")


def _named(slug: str) -> bytes:
    """Return what stands before the key, so that a link cannot pass for that of another round."""
    return f"{FORMAT}|{slug}|".encode()


def _opened(passphrase: str, salt: bytes, sealed: bytes, effort: int, memory: int) -> bytes | None:
    try:
        return SecretBox(_key(passphrase, salt, effort, memory)).decrypt(sealed)
    except (CryptoError, ValueError):
        return None


def _box(passphrase: str, salt: bytes, effort: int, memory: int) -> SecretBox:
    return SecretBox(_key(passphrase, salt, effort, memory))


def _key(passphrase: str, salt: bytes, effort: int, memory: int) -> Any:
    return argon2id.kdf(SecretBox.KEY_SIZE, passphrase.encode(), salt, opslimit=effort, memlimit=memory)
