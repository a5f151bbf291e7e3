"""The pages: where they lie, their address, their title, and who may open them. The menu follows from it."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import streamlit as st

from core.permissions import Role
from pages.parts.i18n import _

Place = Literal["main", "staff", "account", "nowhere"]

ANYONE = frozenset(Role)
PEOPLE = ANYONE - {Role.guest, Role.operator}
ORGANISERS = frozenset({Role.organiser})


@dataclass(frozen=True, slots=True)
class Entry:
    """One page."""

    file: str  # inside pages/
    path: str  # "" is the home page
    title: Callable[[], str]
    roles: frozenset[Role]
    place: Place = "nowhere"
    plain: bool = False  # also without scripts, at `plain_path`


ENTRIES: tuple[Entry, ...] = (
    Entry("front/home_page.py", "", lambda: _("Home"), ANYONE, "main", plain=True),
    Entry("ideas/ideas_page.py", "ideas", lambda: _("Ideas"), ANYONE, "main", plain=True),
    Entry("ideas/idea_page.py", "idea", lambda: _("Idea"), ANYONE, plain=True),
    Entry("ideas/propose_page.py", "propose", lambda: _("Submit an idea"), PEOPLE),
    Entry("ideas/projects_page.py", "projects", lambda: _("Projects"), ANYONE, "main", plain=True),
    Entry("voting/vote_page.py", "vote", lambda: _("Vote"), PEOPLE, "main"),
    Entry("results/results_page.py", "results", lambda: _("Results"), ANYONE, "main", plain=True),
    Entry("front/rules_page.py", "rules", lambda: _("Rules"), ANYONE, plain=True),
    Entry("front/rounds_page.py", "rounds", lambda: _("All rounds"), ANYONE),
    Entry("trust/board_page.py", "board", lambda: _("Check your receipt"), ANYONE, plain=True),
    Entry("front/about_page.py", "about", lambda: _("About Glas"), ANYONE, plain=True),
    Entry("front/privacy_page.py", "privacy", lambda: _("What we keep and why"), ANYONE, plain=True),
    Entry("front/privacy_officer_page.py", "privacy-officer", lambda: _("For the data-protection officer"), ANYONE),
    Entry("people/join_page.py", "join", lambda: _("Join"), ANYONE),
    Entry("people/sign_in_page.py", "sign-in", lambda: _("Log in"), ANYONE),
    Entry("people/recover_page.py", "recover", lambda: _("New password"), ANYONE),
    Entry("people/account_page.py", "account", lambda: _("My profile"), PEOPLE, "account"),
    Entry("people/second_step_page.py", "second-step", lambda: _("Second step"), PEOPLE),
    Entry("people/invited_page.py", "invited", lambda: _("Invitation"), PEOPLE),
    Entry("studio/studio_page.py", "studio", lambda: _("Rounds"), ORGANISERS, "staff"),
    Entry("ideas/review_page.py", "review", lambda: _("Idea review"), ORGANISERS | {Role.reviewer}, "staff"),
    Entry("ideas/ballot_list_page.py", "ballot-list", lambda: _("Ballot list"), ORGANISERS, "staff"),
    Entry(
        "moderation/moderation_page.py",
        "moderation",
        lambda: _("Moderation"),
        ORGANISERS | {Role.reviewer, Role.auditor},
        "staff",
    ),
    Entry("codes/codes_page.py", "codes", lambda: _("Participation codes"), ORGANISERS, "staff"),
    Entry("codes/desk_page.py", "desk", lambda: _("Help desk"), ORGANISERS, "staff"),
    Entry("studio/places_page.py", "places", lambda: _("Areas and topics"), ORGANISERS, "staff"),
    Entry("people/team_page.py", "team", lambda: _("Team"), ORGANISERS, "staff"),
    Entry("results/count_page.py", "count", lambda: _("Count"), ORGANISERS, "staff"),
    Entry("closing/closing_page.py", "closing", lambda: _("Closing"), ORGANISERS, "staff"),
    Entry("closing/commission_page.py", "commission", lambda: _("Commission"), ORGANISERS),
    Entry("council/protocol_page.py", "protocol", lambda: _("Protocol"), ANYONE, plain=True),
    Entry(
        "council/brief_page.py",
        "brief",
        lambda: _("For the council"),
        ORGANISERS | {Role.council, Role.auditor},
        "staff",
    ),
    Entry(
        "journal/journal_page.py", "journal", lambda: _("Journal"), ORGANISERS | {Role.council, Role.auditor}, "staff"
    ),
    Entry("studio/import_page.py", "import", lambda: _("Import an election"), ORGANISERS, "staff"),
)

PATHS = frozenset("/" + entry.path for entry in ENTRIES)


def entry_at(path: str) -> Entry | None:
    """Return the page at an address such as `/ideas`."""
    return next((entry for entry in ENTRIES if "/" + entry.path == path), None)


def plain_path(language: str, path: str) -> str:
    """Return where the page at an address such as `/ideas?round=2027` stands without scripts, in a language."""
    return f"/plain/{language}{path[1:] if path == '/' or path.startswith('/?') else path}"


def is_plain(path: str) -> bool:
    """Return whether the page at an address such as `/ideas` is there without scripts, too."""
    entry = entry_at(path)
    return entry is not None and entry.plain


def tab_title(entry: Entry) -> str:
    """Return what the browser's tab and search results call the page."""
    return _("{page} · Glas", page=entry.title()) if entry.path else _("Glas – the youth budget")


def may_open(entry: Entry, roles: frozenset[Role]) -> bool:
    """Return whether people with `roles` may open the page."""
    return bool(entry.roles & roles)


def staff_home(roles: frozenset[Role], other: str = "/") -> str:
    """Return the address of the first page of staff that people with `roles` have in their menu; else `other`."""
    return next(("/" + entry.path for entry in ENTRIES if entry.place == "staff" and may_open(entry, roles)), other)


def file_for(entry: Entry, roles: frozenset[Role]) -> str:
    """Return the script that answers at the page's address for people with `roles`."""
    if may_open(entry, roles):
        return entry.file
    return "front/sign_in_first_page.py" if roles <= {Role.guest} else "front/not_yours_page.py"


def pages(roles: frozenset[Role], *, town: bool) -> list[Any]:
    """Return every page as Streamlit wants it, in the current language; without a town all of them say so.

    Every page is there for everybody, so that an address always answers; where the role is missing, another script
    answers.
    """
    return [
        # A copy, for a page remembers whether it may run, and many visitors' runs overlap.
        copy(_page(file_for(entry, roles) if town else "front/not_set_up_page.py", tab_title(entry), entry.path))
        for entry in ENTRIES
    ]


@cache
def _page(file: str, title: str, path: str) -> Any:
    """Return a page, made once: making one asks the disk several times."""
    return st.Page(file, title=title, url_path=path or "home", default=not path)
