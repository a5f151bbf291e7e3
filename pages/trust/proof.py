"""The proof that a ballot stands on the board, as the reader's own browser checks it."""

from __future__ import annotations

import base64
from typing import Any

from core.errors import NotFound
from core.trust import board, checkpoints
from core.voting.receipts import signed_text
from pages.parts.components import component
from pages.parts.i18n import _
from pages.parts.packed import packed
from pages.trust.answers import Found


def data(session: Any, found: Found) -> dict[str, Any] | None:
    """Return what the browser needs to check for itself; None while nothing stands on the board."""
    try:
        proof = board.inclusion(session, found.round.id, found.commitment)
        (leaf,) = board.leaves(session, found.round.id, proof.position, proof.position + 1)
    except NotFound:
        return None
    _origin, key = checkpoints.read_verifier(board.verifier(session, found.round.id))
    slip = signed_text(found.round.slug, found.number or "", found.commitment)
    return {
        "kind": leaf.kind,
        "commitment": found.commitment.hex(),
        "position": proof.position,
        "size": proof.size,
        "proof": [step.hex() for step in proof.proof],
        "note": board.latest(session, found.round.id),
        "key": bytes(key).hex(),
        "receipt": {"text": base64.b64encode(slip).decode(), "signature": found.signature.hex()}
        if found.signature
        else None,
        "texts": _texts(),
    }


def draw(proof: dict[str, Any]) -> None:
    """Draw the component that checks and says what it found."""
    component("proof")(key="board-proof", data=packed(proof))


def _texts() -> dict[str, str]:
    return {
        "title": _("Checked in your browser"),
        "lead": _("Your browser has computed this itself. It does not have to trust our page's answer."),
        "included": _("The ballot stands on the board, in place {place} of {size}: the hashes lead to the root."),
        "not_included": _("The hashes do not lead to the root. This must not happen: keep your receipt."),
        "signed": _("The board's root is signed with the key of this round's log."),
        "not_signed": _("The signature under the root does not hold. This must not happen."),
        "receipt": _("The receipt is signed with the same key."),
        "not_receipt": _("The signature of the receipt does not hold."),
        "cannot": _("This browser cannot check such signatures. A newer one can, and so can `glas watch`."),
        "nothing": _("This browser cannot compute hashes here. Open the page over https."),
        "more": _("The figures"),
        "commitment": _("Fingerprint of the ballot"),
        "leaf": _("Leaf"),
        "steps": _("Hashes on the way"),
        "root": _("Root"),
        "note": _("Checkpoint"),
    }
