"""Rounds: find them, make them, change them while that is allowed."""

from core.ballots.types import BallotRules, BallotType
from core.drafts import Warning, suitable_rules, warnings
from core.phases import Dates
from core.round_drafts import create, discard, edit, editable, locked_fields
from core.round_sight import current, get, require, round_by_slug, rounds
from core.round_values import Round, RoundDraft, Visibility

__all__ = [
    "BallotRules",
    "BallotType",
    "Dates",
    "Round",
    "RoundDraft",
    "Visibility",
    "Warning",
    "create",
    "current",
    "discard",
    "edit",
    "editable",
    "get",
    "locked_fields",
    "require",
    "round_by_slug",
    "rounds",
    "suitable_rules",
    "warnings",
]
