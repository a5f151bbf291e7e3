"""The three codes that people hold – for a vote, for a new password, of a ballot – told apart by how they look."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal

from core import codes, letters
from core.errors import CodeUnknown, OtherCode
from core.people import recovery
from core.voting import receipts

Kind = Literal["participation", "recovery", "ballot"]


def refuse_other(typed: str, wanted: Kind) -> None:
    """Raise OtherCode where what was typed is plainly a code of another kind than is `wanted`. Nothing is looked up."""
    kind = _of(typed)
    if kind not in (None, wanted):
        raise OtherCode(kind=kind)


def _of(typed: str) -> Kind | None:
    if receipts.normal(typed):
        return "ballot"
    with suppress(CodeUnknown):
        codes.check(typed)
        return "participation"
    given = letters.plain(typed)
    return "recovery" if len(given) == recovery.RECOVERY_SYMBOLS and letters.well_formed(given) else None
