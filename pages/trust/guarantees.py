"""What Glas guarantees about a vote, and what it cannot: the same plain sentences wherever they stand."""

from __future__ import annotations

from typing import Any

from core.errors import GlasError
from core.rounds import Round
from core.settings import settings
from core.trust import board, checkpoints, voted_on
from core.trust.notes import Note
from pages.parts import templates, text
from pages.parts.i18n import _, n_, number
from pages.parts.links import Link, here
from pages.rounds import voided

SHOWN = 12


def short(round_: Round) -> list[str]:
    """Return two sentences for the home page."""
    first = _("Your receipt proves that your ballot stands on a public board. After the close anyone can count again.")
    if round_.visibility == "sealed":
        return [first, _("The ballots are sealed: until the count not even the server can open them.")]
    return [
        first,
        _("Other people never see a ballot. The running server could; the rules say plainly what that means."),
    ]


def links() -> list[Link]:
    """Return where to read on."""
    return [
        Link(here("/board"), _("Check your receipt")),
        Link(here("/rules"), _("What is guaranteed, and what is not")),
    ]


def guaranteed() -> list[str]:
    """Return what holds, and can be checked."""
    return [
        _("One person, one ballot that counts: the last one before the close, by the database's clock."),
        _(
            "Your receipt proves that your ballot must stand on the board. If it does not, that can "
            "be proved to anyone."
        ),
        _("After the close no ballot can be added, changed or taken away unnoticed, and anyone can count again."),
        _("Ties are decided by a draw that nobody could know or steer before the close."),
    ]


def open_risks(round_: Round) -> list[str]:
    """Return what nobody should be promised."""
    server = (
        _("Whoever controls the running server could read or change a ballot in the moment before it is sealed.")
        if round_.visibility == "sealed"
        else _(
            "Whoever controls the running server could change a ballot in the moment before it is "
            "sealed, and read all of "
            "them: in this round it keeps the key."
        )
    )
    return [
        server,
        _(
            "Ballots cast in the place of people who did not vote are found only by asking: look on the board's page "
            "whether you have voted. If 59 people look, 5 % of false ballots are found with 95 % certainty."
        ),
        n_(
            "The board hides the order of voting only within batches. In this round a batch may be a single ballot.",
            "The board hides the order of voting only within batches, here of at least {count} "
            "ballots, except the last.",
            1 if round_.tally_step == 1 else 2 * round_.tally_step,
        ),
        _(
            "Very unusual choices can be recognised by someone who knows of them. And nobody can "
            "keep you from showing your screen."
        ),
    ]


def view(session: Any, round_: Round) -> dict[str, Any] | None:
    """Return the values of one board in `board_log.html`, None for a round without a log."""
    try:
        key = board.verifier(session, round_.id)
        notes = board.checkpoints_of(session, round_.id)
        fixed = voted_on.told(session, round_.id)[: len(voted_on.public(session, round_.id))]
    except GlasError:
        return None
    origin, verify = checkpoints.read_verifier(key)
    signed = [checkpoints.open_note(note, origin, verify) for note in reversed(notes[-SHOWN:])]
    return {
        "title": templates.told(round_.titles),
        "slug": round_.slug,
        "void": voided.text(round_),
        "key": key,
        "address": f"{settings().url}/log/{round_.slug}",
        "path": f"/log/{round_.slug}",
        "rows": [
            {
                "size": number(one.size),
                "root": text.groups(one.root),
                "href": f"/log/{round_.slug}/checkpoints/{one.size}",
            }
            for one in signed
        ],
        "more": max(0, len(notes) - SHOWN),
        "notes": [_note(one) for one in fixed],
    }


def _note(note: Note) -> dict[str, str]:
    """Return a signed note as the board's page lists it: what it fixes, and the hash by which the next one names it."""
    what = {
        "begun": _("What is voted on: rule, limits, budget, list, titles and costs"),
        "amended": _("Amended: {reason}", reason=str(note.facts.get("reason", ""))),
        "closed": _("The close: final size and root"),
        "drawn": _("The draw for ties"),
        "opened": _("The opened ballots"),
        "turnout": _("The turnout"),
        "counted": _("The result"),
    }
    return {"what": what[note.kind], "hash": text.groups(note.digest())}
