"""Envelopes: what a slot holds of a ballot – the opening of its commitment, sealed to the round's count key."""

import json
import secrets
from collections.abc import Iterable

from nacl.public import PrivateKey, PublicKey

from core.ballots.forms import to_text
from core.trust import sealing
from core.trust.commitments import Opening

HALF = 32  # bytes of a nonce that the voter's browser makes; the server adds as many
_WORD = "\N{CYRILLIC CAPITAL LETTER SHCHA}" * 8
LONGEST_NUMBER = f"99-{_WORD}-999-{_WORD}"
STEP = 64


def nonce(browser: bytes) -> bytes:
    """Return the nonce of a commitment: the browser's half – empty: the server makes it, too – and the server's."""
    return (browser or secrets.token_bytes(HALF)) + secrets.token_bytes(HALF)


def room(slug: str, codes: Iterable[str], most: int | None) -> int:
    """Return into how many bytes every ballot of the round fits: `most` of the longest codes, or all."""
    longest = sorted(codes, key=lambda code: len(json.dumps(json.dumps(code))), reverse=True)[:most]
    widest = Opening(slug, "f" * 32, 10**9, bytes(2 * HALF), LONGEST_NUMBER, to_text(longest))
    return -(-len(widest.to_bytes()) // STEP) * STEP


def close(opening: Opening, public: bytes, size: int) -> bytes:
    """Return the opening, sealed: always of the same length in one round."""
    return sealing.seal(opening.to_bytes(), PublicKey(public), room=size)


def opened(sealed: bytes, key: PrivateKey) -> Opening:
    """Return the opening in an envelope. Raises SealBroken."""
    try:
        return Opening.from_bytes(sealing.unseal(sealed, key))
    except sealing.SealBroken:
        raise
    except ValueError as error:
        raise sealing.SealBroken from error
