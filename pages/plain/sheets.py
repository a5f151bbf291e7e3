"""The plain pages: each draws what the page of the same name draws, out of the same words and templates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from markupsafe import Markup

from core import ideas, municipalities, results, rounds, tally
from core.errors import GlasError
from core.ideas import corrections, projects
from core.phases import Phase
from core.rounds import Round
from core.settings import settings
from core.voting import order
from pages import menu
from pages.council import protocol
from pages.front import about, other_rounds, privacy, rules
from pages.front.hero import Facts, hero
from pages.ideas import cards
from pages.parts import dates, i18n, links, notices, templates, visit
from pages.parts.i18n import _, n_
from pages.parts.links import Link
from pages.plain import one_thing, previews
from pages.results import result as result_view
from pages.results import waiting
from pages.rounds import chosen, corrected, extension, stages, voided
from pages.server import shell, static
from pages.tally import figures
from pages.trust import answers, guarantees
from pages.voting import ballot_types

Query = Mapping[str, str]
Thing = TypeVar("Thing")

AT_ONCE = 24  # cards
# Links of what was drawn; an attribute that somebody wrote has no quotes left.
_LINK = re.compile(r'(<a\b[^>]*? href=")(/[^"/][^"]*|/)(")')


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its HTML, and whether what it is about is there."""

    html: str
    found: bool


def sheet(path: str, language: str, query: Query, draw: Callable[[], None] | None = None) -> Sheet | None:
    """Return the plain page at an address such as `/ideas`, None where the town does not speak the language.

    `query` is what `asked` has found in it. `draw`: what is drawn in place of the page's own.
    """
    with visit.as_guest() as now, links.asking(query.get("round", "")):
        if language not in i18n.languages():
            return None
        with i18n.speaking(language), templates.gathered() as drawn:
            found = True
            if now.town is None:
                templates.draw("front/not_set_up.html")
            else:
                try:
                    (draw or (lambda: SHEETS[path](query)))()
                except visit.Left as left:
                    found = not left.missing
            return Sheet(_framed(path, language, query, drawn, found, now.town), found)


def _framed(
    path: str, language: str, query: Query, drawn: Sequence[str], found: bool, town: municipalities.Municipality | None
) -> str:  # fmt: skip
    """Return the whole document round what was drawn, with the links that stay without scripts."""
    entry = menu.entry_at(path)
    about = previews.of(path, query) if found else None
    if about is None:
        title = menu.tab_title(entry) if entry and found else _("Page not found")
        about = shell.Preview(title, "", links.to(path, page=query.get("page") if found else None))
    plain = about if not found else replace(about, address=menu.plain_path(language, about.address))
    return templates.render(
        "plain/page.html",
        preview=shell.preview_of(plain) | {"text": about.text or shell.in_general(path).text},
        url=settings().url,
        drawn=[_plain(one, language) for one in drawn],
        address=about.address,
        home=menu.plain_path(language, "/"),
        here={each: menu.plain_path(each, about.address) for each in i18n.languages()},
        names={each: i18n.own_name(each) for each in i18n.languages()},
        nav=[
            (menu.plain_path(language, links.here("/" + one.path)), one.title(), one is entry)
            for one in menu.ENTRIES
            if one.plain and (one.place == "main" or one.path in ("rules", "board"))
        ],
        found=found,
        styles=[static.version(name) for name in ("glas.css", "public.css", "staff.css")],
        town=town,
        foot=_plain(templates.render("parts/foot.html", town=town), language) if town else "",
    )


def _plain(html: str, language: str) -> Markup:
    """Return HTML whose links lead to plain pages, where there is one."""

    def turned(found: re.Match[str]) -> str:
        before, address, after = found.groups()
        path = address.partition("?")[0].partition("#")[0]
        return before + (menu.plain_path(language, address) if menu.is_plain(path) else address) + after

    return Markup(_LINK.sub(turned, html))


def _home(_query: Query) -> None:
    round_ = chosen.round_or_stop()
    actor, at = visit.visitor(), visit.at()
    if round_ is None:
        templates.draw("parts/empty.html", icon_name="campaign", **chosen.no_round())
    else:
        _standing(round_)
    with visit.reading() as session:
        others = [one for one in rounds.rounds(session, actor) if round_ is None or one.id != round_.id]
        found = {one.id: results.published(session, actor, one) for one in others}
        finished = [
            other_rounds.decided(one, out, projects.projects(session, actor, one.id), visit.town())
            for one in others
            if (out := found[one.id]) is not None
        ]
    soon = round_ is not None and round_.phase(at) in (Phase.review, Phase.voting)
    templates.draw(
        "front/home_more.html",
        steps=ballot_types.steps(round_) if round_ and soon else (),
        steps_title=_("How to vote"),
        trust=guarantees.short(round_) if round_ and not round_.imported else (),
        trust_links=guarantees.links(),
        finished=finished,
        others=[other_rounds.other(one, at=at) for one in others if found[one.id] is None],
    )


def _standing(round_: Round) -> None:
    """Draw what the round is about, where it stands, its dates, and whom to ask."""
    actor, at = visit.visitor(), visit.at()
    with visit.reading() as session:
        published = results.published(session, actor, round_)
        listed = projects.projects(session, actor, round_.id)
        town = municipalities.municipality(session, round_.municipality_id)
        turnout = tally.turnout(session, round_.id) if round_.phase(at) is Phase.voting else None
    facts = Facts(
        projects=len(projects.standing(listed)),
        funded=len(published.allocation.funded) if published else None,
        spent=published.allocation.cost if published else None,
    )
    templates.draw(
        "plain/hero.html",
        over=f"{templates.told(round_.titles)} · {templates.told(town.names)}",
        until=figures.closes_in(round_, at)[1],
        figures=waiting.figures(round_, turnout) if turnout else (),
        **hero(round_, facts, at=at),
    )
    extension.note(round_)
    way = stages.stages(round_, at=at)
    templates.draw("front/stages.html", title=stages.title(round_, way), stages=way)
    email = round_.contact_email or town.contact_email
    templates.draw("plain/help.html", who=rules.parts(round_)[0], dates=rules.calendar(round_, at=at), email=email)


def _rules(_query: Query) -> None:
    rules.show(chosen.a_round())


def _projects(query: Query) -> None:
    round_ = chosen.a_round()
    actor = visit.visitor()
    with visit.reading() as session:
        listed = projects.projects(session, actor, round_.id)
        mended = corrections.corrections(session, actor, round_.id)
        town = municipalities.municipality(session, round_.municipality_id)
        result = results.published(session, actor, round_)
    funded = {one.id for one in result.allocation.funded} if result else None
    if code := query.get("project"):
        listed = tuple(one for one in listed if one.code == code)
        if not listed:
            notices.stop(_("There is no such project"), _("The address may be old or not complete."))
        voided.note(round_)
        return one_thing.project(listed[0], round_, town, funded)
    counted = n_("{count} project", "{count} projects", len(projects.standing(listed))) if listed else ""
    _head(round_, _("Projects"), counted)
    if not listed:
        text = _("Projects appear here once ideas have been reviewed.")
        return templates.draw("parts/empty.html", icon_name="fact_check", title="", text=text, links=())
    corrected.note(listed)
    corrected.mended(listed, mended)
    ordered = (
        order.of_day(listed, visit.at())
        if funded is None
        else sorted(listed, key=lambda one: one.code not in funded)
    )  # fmt: skip
    shown = _part(ordered, query)
    drawn = cards.of_projects(shown, town, funded=funded)
    templates.draw("ideas/idea_cards.html", cards=drawn, currency=round_.currency, label=counted)
    _further("/projects", ordered, query)


def _ideas(query: Query) -> None:
    round_ = chosen.a_round()
    town, actor = visit.town(), visit.visitor()
    with visit.reading() as session:
        found = ideas.ideas(session, actor, round_.id)
        listed = projects.projects(session, actor, round_.id)
    counted = n_("{count} idea", "{count} ideas", len(found))
    _head(round_, _("Ideas"), counted if found else "")
    if not found:
        text = _("No ideas here yet.")
        return templates.draw("parts/empty.html", icon_name="lightbulb", title="", text=text, links=())
    drawn = cards.of_ideas(
        _part(found, query), town, listed={one.idea_id for one in listed if one.idea_id},
        gone={one.idea_id for one in listed if one.idea_id and one.withdrawn}, void=round_.voided_at is not None,
    )  # fmt: skip
    templates.draw("ideas/idea_cards.html", cards=drawn, currency=round_.currency, label=counted)
    _further("/ideas", found, query)


def _idea(query: Query) -> None:
    one_thing.idea(int(query.get("id", "0")))


def _results(_query: Query) -> None:
    round_ = chosen.a_round()
    actor, at = visit.visitor(), visit.at()
    with visit.reading() as session:
        town = municipalities.municipality(session, round_.municipality_id)
        found = results.published(session, actor, round_)
        listed = projects.projects(session, actor, round_.id)
        votes = dict(tally.live(session, round_, at).supports) if found else {}
    if found and not round_.voided_at:
        view = result_view.view(round_, found, listed, votes, town)
        templates.draw("results/result.html", **view)
        extension.note(round_)
        return corrected.note(listed)
    _head(round_, _("Results"), "" if round_.voided_at else waiting.when(round_, at))
    if round_.voided_at:
        return
    extension.note(round_)
    corrected.note(listed)
    if round_.phase(at) is Phase.voting:
        _so_far(round_, {one.code: corrected.titled(one) for one in listed})
    elif round_.phase(at) is Phase.counting:
        templates.draw("results/waiting.html", steps=waiting.steps(round_))


def _so_far(round_: Round, titles: Mapping[str, str]) -> None:
    """Draw the turnout, and the tally where the round shows it: what the live page shows, as it stands now."""
    told: dict[str, Any] = json.loads(figures.figures(round_.slug, i18n.language()).body)
    shown = told["tally"]
    until = dates.until(round_.dates.voting_until, zone=round_.timezone)
    note = (
        _("Provisional: voting goes on until {date}.", date=until)
        if shown
        else _("Until closing we only show how many voted, so as not to influence anyone.")
    )
    rows = [(titles.get(code, code), number, ahead) for code, _points, number, ahead in shown["rows"]] if shown else []
    templates.draw("plain/so_far.html", note=note, number=told["number"], share=told["share"], rows=rows)


def _protocol(_query: Query) -> None:
    round_ = chosen.a_round()
    try:
        with visit.reading() as session:
            found = protocol.source(session, visit.visitor(), round_, at=visit.at())
    except GlasError:
        notices.stop(_("No protocol yet"), _("It is written at the count and published with the result."))
    told = protocol.protocol(found, names=False)
    name = i18n.name_of(i18n.language(), i18n.language())
    file = f"/open/{round_.slug}/protocol.pdf?lang={i18n.language()}"
    templates.draw("council/protocol_head.html", told=told, files=[(file, i18n.language(), f"PDF, {name}")])
    templates.draw("council/protocol.html", told=told)


def _board(_query: Query) -> None:
    templates.draw(
        "parts/page_head.html",
        over="",
        title=_("Check your receipt"),
        text=_("Type the number of a ballot. Cyrillic or Latin letters, capital or small, all are understood."),
        link=None,
    )
    templates.draw("plain/board.html", action=menu.plain_path(i18n.language(), "/board"))
    templates.draw("trust/board_help.html")


def answered(number: str, *, too_fast: bool) -> None:
    """Draw what became of the ballot with a number that was sent by a form."""
    templates.draw("parts/page_head.html", over="", title=_("Check your receipt"), text="", link=None)
    if too_fast:
        told = answers.too_fast()
    else:
        with visit.reading() as session:
            every = rounds.rounds(session, visit.visitor())
            shown = [one for one in every if not one.imported and not one.draft]
            told = answers.answer(answers.found(session, shown, number, None), False)
    templates.draw("trust/board.html", **told)
    templates.draw("plain/again.html")
    templates.draw("trust/board_help.html")


def _about(_query: Query) -> None:
    about.show(visit.town())


def _privacy(_query: Query) -> None:
    privacy.show(visit.town())


def _head(round_: Round, title: str, text: str) -> None:
    over = templates.told(round_.titles)
    templates.draw("parts/page_head.html", over=over, title=title, text=text, link=None)
    voided.note(round_)


def page_of(query: Query) -> int:
    """Return which part of a list is asked for, 1 for the first."""
    return int(query.get("page", "1"))


def _part(found: Sequence[Thing], query: Query) -> Sequence[Thing]:
    start = AT_ONCE * (page_of(query) - 1)
    if found and start >= len(found):
        notices.stop(_("Page not found"), _("The address may be old or not complete."))
    return found[start : start + AT_ONCE]


def _further(path: str, found: Sequence[object], query: Query) -> None:
    """Draw the ways to the parts before and after."""
    here = page_of(query)
    ways = []
    if here > 1:
        ways.append(Link(links.here(path, page=here - 1 if here > 2 else None), _("Earlier ones")))
    if AT_ONCE * here < len(found):
        ways.append(Link(links.here(path, page=here + 1), _("Show more")))
    if ways:
        templates.draw("plain/ways.html", links=ways)


SHEETS: dict[str, Callable[[Query], None]] = {
    "/": _home, "/rules": _rules, "/projects": _projects, "/ideas": _ideas, "/idea": _idea, "/results": _results,
    "/protocol": _protocol, "/board": _board, "/about": _about, "/privacy": _privacy,
}  # fmt: skip
