"""Municipalities: the town that Glas works for, its areas and categories."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from core import journal
from core.errors import Invalid, NotFound
from core.permissions import Action, Actor, require
from core.texts import LANGUAGES, NO_TEXT, Texts
from db import tables

__all__ = [
    "OTHER", "TOPICS", "Area", "Category", "Municipality", "Place", "Texts", "check_language", "check_languages",
    "create", "edit", "imported_elections", "municipality", "the_town",
]  # fmt: skip

IMPORTED = "imported-elections"
# Topics that have a picture of their own; a town may take the ready ones, or give their pictures to topics of its own.
TOPICS = (
    "sport", "culture", "education", "digital", "environment", "public-space", "mobility", "health", "jobs",
    "inclusion", "safety",
)  # fmt: skip
OTHER = "other"  # the picture of any other topic
_CODE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
# Of the time zones that the app offers: a file has to name a country, and a town is asked for its time zone only.
COUNTRIES = {
    "Europe/Athens": "Greece", "Europe/Berlin": "Germany", "Europe/Brussels": "Belgium", "Europe/Bucharest": "Romania",
    "Europe/Budapest": "Hungary", "Europe/Lisbon": "Portugal", "Europe/London": "United Kingdom",
    "Europe/Madrid": "Spain", "Europe/Paris": "France", "Europe/Prague": "Czechia", "Europe/Rome": "Italy",
    "Europe/Sofia": "Bulgaria", "Europe/Vienna": "Austria", "Europe/Warsaw": "Poland", "Europe/Zurich": "Switzerland",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Area:
    """A quarter or village of a municipality."""

    id: int
    code: str
    names: Texts
    lat: float | None = None
    lon: float | None = None
    retired: bool = False  # offered for nothing new

    @property
    def whole(self) -> bool:
        """Return whether it stands for the whole town or municipality: projects have such a place, people do not."""
        return self.code.endswith("-wide")


@dataclass(frozen=True, slots=True)
class Category:
    """What an idea is about."""

    id: int
    code: str
    names: Texts
    icon: str = ""
    retired: bool = False  # offered for nothing new

    @property
    def look(self) -> str:
        """Return by which code of TOPICS it is drawn: its own, unless it was given another's; any other is neutral."""
        return self.icon or self.code


@dataclass(frozen=True, slots=True)
class Place:
    """An area or category that is to be made."""

    code: str
    names: Texts
    lat: float | None = None
    lon: float | None = None
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Municipality:
    """A town with everything its pages say about it. The first of its `languages` is its own."""

    id: int
    slug: str
    names: Texts
    contact_email: str
    imprint: Texts
    languages: tuple[str, ...]
    timezone: str
    areas: tuple[Area, ...]
    categories: tuple[Category, ...]
    demo: bool
    read_only: bool

    @property
    def language(self) -> str:
        """Return its own language."""
        return self.languages[0]

    @property
    def country(self) -> str:
        """Return the country of the town's time zone, as election files name it; "" for a zone that is not known."""
        return COUNTRIES.get(self.timezone, "")

    @property
    def offered_areas(self) -> tuple[Area, ...]:
        """Return the areas that something new may stand in."""
        return tuple(one for one in self.areas if not one.retired)

    @property
    def offered_categories(self) -> tuple[Category, ...]:
        """Return the topics that something new may be about."""
        return tuple(one for one in self.categories if not one.retired)

    def area(self, area_id: int | None) -> Area | None:
        """Return one of the areas."""
        return next((area for area in self.areas if area.id == area_id), None)

    def category(self, category_id: int | None) -> Category | None:
        """Return one of the categories."""
        return next((category for category in self.categories if category.id == category_id), None)


def the_town(session: Session) -> Municipality | None:
    """Return the town of this server: a real one before a demo, never the home of imported elections."""
    found = session.exec(
        select(tables.Municipality)
        .where(col(tables.Municipality.read_only).is_(False))
        .order_by(col(tables.Municipality.demo), col(tables.Municipality.id))
        .limit(1)
    ).first()
    return None if found is None else _value(session, found)


def municipality(session: Session, municipality_id: int) -> Municipality:
    """Return a municipality by its id. Raises NotFound."""
    row = session.get(tables.Municipality, municipality_id)
    if row is None:
        raise NotFound(thing="municipality", key=municipality_id)
    return _value(session, row)


def create(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    names: Texts,
    contact_email: str,
    at: datetime,
    imprint: Texts = NO_TEXT,
    languages: Sequence[str] = LANGUAGES,
    timezone: str = "Europe/Sofia",
    areas: Sequence[Place] = (),
    categories: Sequence[Place] = (),
    demo: bool = False,
) -> Municipality:
    """Make a municipality with its areas and categories, and return it; the first of `languages` is its own."""
    require(actor, Action.edit_municipality)
    if not names:
        raise Invalid("names", "required")
    check_languages(languages)
    if session.exec(select(tables.Municipality.id).where(tables.Municipality.slug == slug)).first() is not None:
        raise Invalid("slug", "taken")
    row = tables.Municipality(
        slug=slug, names=names.words, contact_email=contact_email, imprint=imprint.words,
        languages=list(languages), timezone=timezone, demo=demo, created_at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _add_places(session, row, areas, categories)
    journal.write(session, actor, "create_municipality", municipality_id=row.id, at=at, slug=slug)
    return _value(session, row)


def edit(
    session: Session,
    actor: Actor,
    municipality_id: int,
    *,
    names: Texts,
    contact_email: str,
    imprint: Texts,
    languages: Sequence[str] | None = None,
    at: datetime,
) -> Municipality:
    """Change what a municipality says about itself, and return it; texts in a language it gives up stay kept."""
    require(actor, Action.edit_municipality)
    row = session.get(tables.Municipality, municipality_id)
    if row is None:
        raise NotFound(thing="municipality", key=municipality_id)
    if not names:
        raise Invalid("names", "required")
    row.names, row.contact_email, row.imprint = names.words, contact_email, imprint.words
    if languages is not None:
        check_languages(languages)
        row.languages = list(languages)
    session.flush()
    journal.write(session, actor, "edit_municipality", municipality_id=row.id, at=at)
    return _value(session, row)


def imported_elections(session: Session, names: Texts, *, at: datetime) -> Municipality:
    """Return the read-only home of imported elections; make it, with these names, at the first import."""
    row = session.exec(select(tables.Municipality).where(tables.Municipality.slug == IMPORTED)).first()
    if row is None:
        row = tables.Municipality(
            slug=IMPORTED,
            names=names.words,
            languages=list(names.words),
            timezone="UTC",
            read_only=True,
            created_at=at,
        )
        session.add(row)
        session.flush()
    return _value(session, row)


def check_language(session: Session, municipality_id: int, language: str) -> str:
    """Return the language if the municipality has it. Raises Invalid."""
    if language not in municipality(session, municipality_id).languages:
        raise Invalid("language", "choice")
    return language


def check_languages(languages: Sequence[str]) -> None:
    """Refuse a list without languages, with one twice, or with what is no code like "bg" or "pt_BR"."""
    if not languages or len(set(languages)) < len(languages) or not all(map(_CODE.fullmatch, languages)):
        raise Invalid("languages", "choice")


def _add_places(
    session: Session, row: tables.Municipality, areas: Sequence[Place], categories: Sequence[Place]
) -> None:
    town = tables.id_of(row)
    for position, each in enumerate(areas):
        more: dict[str, Any] = {"names": each.names.words, "lat": each.lat, "lon": each.lon}
        session.add(tables.Area(municipality_id=town, code=each.code, position=position, **more))
    for position, each in enumerate(categories):
        own: dict[str, Any] = {"names": each.names.words, "icon": each.icon}
        session.add(tables.Category(municipality_id=town, code=each.code, position=position, **own))
    session.flush()


def _value(session: Session, row: tables.Municipality) -> Municipality:
    areas = session.exec(
        select(tables.Area).where(tables.Area.municipality_id == row.id).order_by(col(tables.Area.position))
    )
    categories = session.exec(
        select(tables.Category).where(tables.Category.municipality_id == row.id).order_by(col(tables.Category.position))
    )
    return Municipality(
        id=tables.id_of(row),
        slug=row.slug,
        names=Texts(row.names),
        contact_email=row.contact_email,
        imprint=Texts(row.imprint),
        languages=tuple(row.languages),
        timezone=row.timezone,
        areas=tuple(map(_area, areas)),
        categories=tuple(map(_category, categories)),
        demo=row.demo,
        read_only=row.read_only,
    )


def _area(row: tables.Area) -> Area:
    return Area(tables.id_of(row), row.code, Texts(row.names), row.lat, row.lon, row.retired_at is not None)


def _category(row: tables.Category) -> Category:
    return Category(tables.id_of(row), row.code, Texts(row.names), row.icon, row.retired_at is not None)
