"""The visit: who is looking, at what moment, in which town; and the two ways to open the database."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from core import clock, municipalities, rounds
from core.municipalities import Municipality
from core.people import devices, sessions
from core.permissions import Actor, guest
from core.rounds import Round
from core.store import reading, transaction
from pages.parts import cookies, dates, drafts, i18n, links, money

__all__ = [
    "as_guest",
    "at",
    "chosen_round",
    "begin",
    "language",
    "Left",
    "leave",
    "leave_to_sign_in",
    "reading",
    "town",
    "transaction",
    "visitor",
]


log = logging.getLogger("glas.errors")


@dataclass(frozen=True, slots=True)
class Visit:
    """One run of the script: what was true when it began."""

    run: object
    at: datetime
    town: Municipality | None
    actor: Actor | None


# What the guard (pages/server) notes of a request from the very computer that serves; nobody outside can say it.
HERE = "x-glas-here"
OWNER = "whose-tab"
# Keys of what is shown once: codes, slips, links, second steps, files with codes; and how those of shares begin.
SHOWN_ONCE = frozenset({
    "desk-slip", "desk-code", "team-link", "new-codes-made", "second-codes", "second-new",
    "vote-code-code", "join-code",
})  # fmt: skip
SHARES = "shares-"
# Keys of what lets its owner in: a recovery code with its person, and the ticket for her cookie.
ENTERING, TICKET = ("joined", "recovered", "fresh-code"), "sign-in-ticket"
# Under which keys the visitor is writing what outlives her sign-in.
DRAFTS = "draft-keys"
TOWN_LASTS = 5.0  # seconds


_last: dict[str, Visit] = {}
# The visit of a page that is made without Streamlit.
_standing: ContextVar[Visit | None] = ContextVar("visit", default=None)

_towns: dict[str, tuple[float, Municipality | None]] = {}


def begin() -> Visit:
    """Look the visitor up, set language and time zone of this run, and return the visit."""
    visit = _visit()
    i18n.use(language())
    if visit.town is not None:
        dates.use_zone(visit.town.timezone, timezone())
    return visit


@contextmanager
def as_guest() -> Iterator[Visit]:
    """Visit as a guest inside the block, without Streamlit; the time zone is the town's."""
    with reading() as session:
        found = town_of(session)
    made = Visit(None, clock.now(), found, guest(found.id) if found else None)
    if found is not None:
        dates.use_zone(found.timezone)
    token = _standing.set(made)
    try:
        yield made
    finally:
        _standing.reset(token)


def at() -> datetime:
    """Return the moment of this run."""
    return _visit().at


def visitor() -> Actor:
    """Return who is looking: looked up in the database once in every run."""
    found = _visit().actor
    if found is None:
        raise RuntimeError("No town is set up yet.")
    return found


def town() -> Municipality:
    """Return the town that this Glas belongs to."""
    found = _visit().town
    if found is None:
        raise RuntimeError("No town is set up yet.")
    return found


def token() -> str | None:
    """Return the sign-in that the browser brought in its cookie."""
    return cookies.sign_in(st.context.cookies)


def language() -> str:
    """Return the language chosen on this page, else the account's, else the browser's, else the town's."""
    chosen = st.session_state.get("language")
    if chosen in i18n.languages():
        return str(chosen)
    actor = _visit().actor
    if actor is not None and actor.person_id is not None and actor.language in i18n.languages():
        return actor.language
    return cookies.language(st.context.cookies, st.context.headers.get("Accept-Language", ""))


def chosen_round() -> Round | None:
    """Return the round named by `?round=`, else the current one, None if there is none; NotFound if misspelt."""
    slug = links.round_asked()
    with reading() as session:
        if slug:
            found: Round | None = rounds.round_by_slug(session, slug, visitor())
        else:
            found = rounds.current(session, visitor(), at())
    if found is not None:
        money.use_currency(found.currency)
    return found


class Left(BaseException):
    """A page has drawn all it has to draw; `pages/frame.py` hears it. `missing`: what it is about is not there."""

    def __init__(self, *, missing: bool = False) -> None:
        """Say whether what the page is about is missing."""
        self.missing = missing


def leave(*, missing: bool = False) -> NoReturn:
    """End the page here; `missing`: what it is about is not there.

    After `st.stop` Streamlit would keep what stood in fields that are not drawn any more, which the browser forgets:
    drawn again they would be empty, and be taken for emptied.
    """
    raise Left(missing=missing)


def leave_to_sign_in(back_to: str = "/") -> None:
    """Open the sign-in page, which leads back to `back_to`, and end this run."""
    st.switch_page("people/sign_in_page.py", query_params={"next": back_to})


def _visit() -> Visit:
    """Return the visit of this run; Streamlit gives every run, also of a fragment, its own cursors."""
    if (standing := _standing.get()) is not None:
        return standing
    context = get_script_run_ctx()
    run: object = context.cursors if context else None
    key = context.session_id if context else ""
    known = _last.get(key)
    if known is not None and run is not None and known.run is run:
        return known
    now = clock.now()
    with reading() as session:
        found = town_of(session)
        signed_in = token() if found else None
        actor = sessions.actor_of(session, signed_in, at=now, local=local()) if signed_in else None
        if actor is None and found is not None:
            actor = guest(found.id)
    made = Visit(run, now, found, actor)
    if context is not None:
        _leave_to_its_owner(actor)
    if len(_last) > 5000:
        _last.clear()
    _last[key] = made
    return made


def _leave_to_its_owner(actor: Actor | None) -> None:
    """Drop from the memory of this tab what is not the visitor's: after a lost connection somebody else may be here.

    Another person finds nothing of the one before. Who has been logged out meanwhile keeps what she typed, but no
    secret that is shown once, except for the one that logs her in again.
    """
    state, person = st.session_state, actor.person_id if actor else None
    owner = state.get(OWNER)
    if person is None:
        if owner is None:
            return
        # What was typed last came with the run that found the sign-in ended.
        for key in state.get(DRAFTS, ()):
            if isinstance(typed := state.get(key), str):
                drafts.keep(owner, key, typed)
        gone = [key for key in state if key in SHOWN_ONCE or str(key).startswith(SHARES)]
    elif owner not in (None, person):
        gone = [key for key in state if key != "language"]
    else:
        hers = [person == _owner_of(state.get(key), person) for key in ENTERING]
        gone = [] if all(hers) else [key for key in (*ENTERING, TICKET) if key in state]
    for key in gone:
        del state[key]
    if person is not None:
        state[OWNER] = person


def _owner_of(made: Any, then: int) -> int:
    """Return whose secret this is, `then` for one that names nobody: it was made for whoever was here."""
    actor = getattr(made, "actor", None)
    return then if actor is None or actor.person_id is None else actor.person_id


def town_of(session: Any) -> Municipality | None:
    """Return the town of this database; it changes once in years, so it is asked for every few seconds only."""
    key = str(session.get_bind().engine.url)
    known = _towns.get(key)
    if known is None or known[0] < time.monotonic():
        known = _towns[key] = (time.monotonic() + TOWN_LASTS, municipalities.the_town(session))
    if known[1] is not None:
        i18n.offer(known[1].languages)
    return known[1]


def forget_town() -> None:
    """Have the town read again at the next run."""
    _towns.clear()


i18n.fall_back_to(lambda: language() if get_script_run_ctx(suppress_warning=True) else None)


def town_or_none() -> Municipality | None:
    """Return the town for `foot.html`; None where none is set up, or where the database itself is what broke."""
    try:
        with reading() as session:
            return town_of(session)
    except Exception:
        # The page that says that something broke must come all the same.
        log.exception("the foot of a page could not be read")
        return None


def address() -> str:
    """Return the address of the visitor, "" if it is unknown. Core keeps a part of it only."""
    return str(st.context.ip_address or "")


def local() -> bool:
    """Return whether the visitor sits at the computer that serves, as the guard (pages/server) has noted."""
    return st.context.headers.get(HERE) is not None


def timezone() -> str:
    """Return the time zone of the visitor's clock as the browser says it, "" if it does not."""
    told = st.context.timezone
    return told if isinstance(told, str) and len(told) < 64 else ""


def device() -> str:
    """Return a rough word for the visitor's device."""
    told = st.context.headers.get("User-Agent", "")
    return devices.device_of(told if isinstance(told, str) else "")


def browser() -> str:
    """Return what the browser keeps about who has signed in in it."""
    return cookies.browser(st.context.cookies)
