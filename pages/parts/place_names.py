"""What areas and topics are called: the topics that stand ready, and names as people type them, one a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.municipalities import OTHER, TOPICS
from core.texts import Texts
from pages.parts import i18n
from pages.parts.i18n import _


def topic(code: str) -> str:
    """Return what a ready topic is called, and with it its icon."""
    return {
        "sport": _("Sport and movement"),
        "culture": _("Culture and music"),
        "education": _("Learning and skills"),
        "digital": _("Digital and making"),
        "environment": _("Nature and a clean town"),
        "public-space": _("Parks, streets and meeting places"),
        "mobility": _("Transport and bikes"),
        "health": _("Health and mental health"),
        "jobs": _("Jobs and internships"),
        "inclusion": _("Together: accessibility and support"),
        "safety": _("Safety"),
        OTHER: _("Any other topic"),
    }[code]


def ready() -> dict[str, Texts]:
    """Return the ready topics by their codes, named in every language that there are texts in."""
    return {code: i18n.in_all(lambda code=code: topic(code)) for code in TOPICS}  # type: ignore[misc]


def typed(lines: Iterable[str], languages: Sequence[str]) -> list[Texts]:
    """Return names from lines such as `Център` or `Център / Centre`, in the order of the languages."""
    found = [[part.strip() for part in line.split("/", len(languages) - 1)] for line in lines]
    return [Texts(dict(zip(languages, parts, strict=False))) for parts in found if any(parts)]
