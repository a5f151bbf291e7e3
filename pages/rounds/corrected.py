"""What was corrected since the first ballot: what was withdrawn, and whose words were mended, where people look."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from core.ideas.corrections import Correction
from core.ideas.projects import Listed
from pages.parts import dates, templates
from pages.parts.i18n import _
from pages.parts.links import Link, here


def withdrawn(one: Listed) -> str:
    """Return that a project was withdrawn, and why."""
    return _(
        "“{title}” was withdrawn by two organisers. Reason: {reason}",
        title=templates.told(one.title) or one.code,
        reason=one.withdrawn,
    )


def titled(one: Listed) -> str:
    """Return the title of a project, with the word that it is withdrawn where it is."""
    title = templates.told(one.title)
    return _("{title} (withdrawn)", title=title or one.code) if one.withdrawn else title


def note(listed: Iterable[Listed]) -> None:
    """Draw what was withdrawn, each with its reason; nothing where nothing was."""
    for one in listed:
        if one.withdrawn:
            _draw("wa", "block", withdrawn(one))


def on_ballot(listed: Sequence[Listed], chosen: Collection[str], *, unread: bool, may_change: bool) -> None:
    """Draw the same on the ballot, with what it means for whoever had `chosen` it; `unread`: nobody can tell what.

    `may_change`: people still vote.
    """
    for one in listed:
        if not one.withdrawn:
            continue
        further = [_("It cannot be chosen any more.")]
        if one.code in chosen:
            further.append(_("You had chosen it: your ballot stays valid and counts for the other projects on it."))
        elif unread:
            further.append(_("If you have chosen it, your ballot stays valid and counts for the other projects on it."))
        if may_change and (one.code in chosen or unread):
            further.append(_("If you like, choose another and cast your ballot again."))
        _draw("wa", "block", " ".join((withdrawn(one), *further)))


def mended(listed: Iterable[Listed], corrections: Mapping[str, Sequence[Correction]]) -> None:
    """Draw whose words were mended since people vote; what they said before stands on the page of the rules."""
    titles = [templates.told(one.title) or one.code for one in listed if one.code in corrections]
    if not titles:
        return
    last = max(each.at for found in corrections.values() for each in found)
    text = _(
        "Words were corrected since people vote, last on {date}: {projects}. What was there before is kept:",
        date=dates.day(last),
        projects="; ".join(titles),
    )
    _draw("in", "edit", text, Link(here("/rules"), _("what changed, and why")))


def _draw(look: str, icon: str, text: str, link: Link | None = None) -> None:
    templates.draw("parts/note.html", look=look, icon_name=icon, text=text, link=link, live=False)
