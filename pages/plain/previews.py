"""What others show of an address that was shared: the title of the very thing, a sentence, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping

from core import hidden, ideas, results
from core.errors import GlasError
from core.ideas import projects
from core.rounds import Round
from pages import menu
from pages.parts import links, templates, visit
from pages.parts.i18n import _
from pages.plain.asked import asked
from pages.results import telling
from pages.rounds import voided
from pages.server import failures
from pages.server.shell import Preview

LONGEST = 200  # letters of a text


def of(path: str, query: Mapping[str, str]) -> Preview | None:
    """Return what is shown of an address such as `/idea` with its query, to everybody; None: nothing of its own.

    A preview that breaks is noted as broken pages are, and the page comes without it.
    """
    entry = menu.entry_at(path)
    if entry is None or not entry.plain:
        return None
    try:
        with visit.as_guest() as now, links.asking(query.get("round", "")):
            return _found(entry, asked(path, query)) if now.town is not None else None
    except GlasError:
        return None
    except Exception as error:  # noqa: BLE001 - the page itself may be well
        failures.note("Preview", error)
        return None


def _found(entry: menu.Entry, query: Mapping[str, str]) -> Preview | None:
    path, slug = "/" + entry.path, query.get("round", "")
    if path == "/idea":
        return _idea(query.get("id", ""))
    if path == "/projects" and query.get("project"):
        return _project(query["project"])
    if path not in ("/", "/rules", "/ideas", "/projects", "/results", "/protocol") or not (slug or path == "/results"):
        return None
    round_ = visit.chosen_round()
    if round_ is None:
        return None
    name = templates.told(round_.titles)
    title = f"{entry.title()}: {name}" if entry.path else name
    return _preview(title, _outcome(round_), links.here(path, page=query.get("page")))


def _idea(number: str) -> Preview | None:
    with visit.reading() as session:
        found = ideas.idea(session, visit.visitor(), int(number or 0))
    if hidden.ALL in found.hidden:
        return None
    text = templates.told(found.problem) or templates.told(found.solution)
    return _preview(templates.told(found.title), text, links.to("/idea", id=found.id))


def _project(code: str) -> Preview | None:
    round_ = visit.chosen_round()
    if round_ is None:
        return None
    with visit.reading() as session:
        listed = projects.projects(session, visit.visitor(), round_.id)
    one = next((one for one in listed if one.code == code), None)
    if one is None:
        return None
    return _preview(
        templates.told(one.title), templates.told(one.text), links.to("/projects", round=round_.slug, project=code)
    )


def _outcome(round_: Round) -> str:
    """Return what came of a round, nothing while that is open."""
    if round_.voided_at:
        return voided.text(round_)
    with visit.reading() as session:
        found = results.published(session, visit.visitor(), round_)
    return telling.headline(found.allocation, round_.currency, found.ballots) if found else ""


def _preview(title: str, text: str, address: str) -> Preview:
    short = " ".join(text.split())
    if len(short) > LONGEST:
        short = short[:LONGEST].rsplit(" ", 1)[0].rstrip(" ,;:–-") + "…"
    return Preview(_("{page} · Glas", page=title), short, address)
