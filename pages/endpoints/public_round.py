"""A round as everyone may see it, and the name under which what is made of it is kept."""

from __future__ import annotations

from collections.abc import Hashable

from core import municipalities, rounds
from core.errors import NotFound
from core.permissions import guest
from core.rounds import Round
from db.engine import reading


def as_guest(slug: str) -> Round:
    """Return a round that everyone may see. Raises NotFound."""
    with reading() as session:
        town = municipalities.the_town(session)
        return rounds.round_by_slug(session, slug, guest(town.id if town else 0))


def published(slug: str) -> Round:
    """Return a round whose result is published. Raises NotFound."""
    round_ = as_guest(slug)
    if not round_.shows_result:
        raise NotFound(thing="result", key=slug)
    return round_


def key(what: str, round_: Round, language: str = "") -> Hashable:
    """Return a name for what is made of a round, another one as soon as anything of the round is another."""
    return what, round_.id, round_.version, round_.result_published_at, language
