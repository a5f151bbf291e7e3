"""The protocol of a closed round: what is printed, signed and published, as parts that page and PDF show alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core import closing, codes, municipalities, results, rounds, tally
from core.closing import Closing
from core.codes import Made
from core.errors import GlasError, NotFound
from core.ideas import projects
from core.ideas.projects import Listed
from core.municipalities import Municipality
from core.permissions import Actor
from core.results import Result
from core.rounds import Change, Round
from core.trust import board
from pages.closing import words
from pages.codes import told as codes_told
from pages.parts import dates, forms, money, templates, text
from pages.parts.i18n import _, number
from pages.results import reasons
from pages.results import telling as outcome
from pages.results.result import telling_of
from pages.results.telling import Telling
from pages.rounds import advisory, changes, choices, rule_words

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One part: facts by name, sentences, and a table.

    `bad`: its sentences say that something is wrong. `widths`: of the columns on paper, 180 in all.
    """

    title: str
    pairs: Sequence[Pair] = ()
    lines: Sequence[str] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    bad: bool = False
    widths: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Protocol:
    """The whole of it. `draft`: the result is not published yet. `signers`: roles, each with a line to sign on."""

    title: str
    town: str
    round: str
    draft: bool
    made: datetime
    parts: Sequence[Part]
    signers: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Source:
    """What a protocol is written from."""

    round: Round
    town: Municipality
    state: Closing
    result: Result
    listed: Sequence[Listed]
    votes: Mapping[str, int]
    key: str
    changes: Sequence[Change] = ()
    codes: Sequence[Made] = ()


def source(session: Any, actor: Actor, round_: Round, *, at: datetime) -> Source:
    """Return what the protocol of a counted round rests on, for those who may see the result. Raises NotFound."""
    if round_.imported or round_.counted_at is None or round_.voided_at is not None:
        raise NotFound(thing="protocol", key=round_.slug)
    state = closing.state(session, actor, round_.id, at=at)
    if state.final_root is None:
        raise NotFound(thing="protocol", key=round_.slug)
    return Source(
        round=round_,
        town=municipalities.municipality(session, round_.municipality_id),
        state=state,
        result=results.result(session, actor, round_.id),
        listed=projects.projects(session, actor, round_.id),
        votes=dict(tally.live(session, round_, at, actor=actor).supports),
        key=_key(session, round_),
        changes=rounds.changes(session, actor, round_.id),
        codes=codes.made(session, actor, round_.id),
    )


def _key(session: Any, round_: Round) -> str:
    try:
        return board.verifier(session, round_.id)
    except GlasError:
        return "–"


def protocol(of: Source) -> Protocol:
    """Return the protocol in the language that is spoken."""
    round_, state = of.round, of.state
    telling = telling_of(round_, of.result, of.listed)
    parts = (
        _round(of), *_changes(of, telling.titles), *_codes(of), _board(of), _draw(state, telling), _ballots(of),
        *_turnout(of), _rule(of), *_decided(of, telling), _check(of),
    )  # fmt: skip
    signers = [_("First organiser"), _("Second organiser"), _("Auditor")]
    if round_.visibility == "sealed":
        signers[2:2] = [_("Member of the commission"), _("Member of the commission")]
    return Protocol(
        title=_("Protocol of closing and counting"),
        town=templates.told(of.town.names),
        round=templates.told(round_.titles),
        draft=state.published_at is None,
        made=state.counted_at or state.closed_at or round_.dates.voting_until,
        parts=parts,
        signers=signers,
    )


def _round(of: Source) -> Part:
    round_, state, zone = of.round, of.state, of.round.timezone

    def when(at: datetime | None) -> str:
        return dates.moment(at, zone=zone, year=True) if at else "–"

    voting = f"{when(round_.dates.voting_from)} – {when(round_.dates.voting_until)}"
    pairs = [
        (_("Voting took place"), voting),
        (_("Shown meanwhile"), forms.name_of(choices.visibilities(), round_.visibility)),
        (_("Ballot box closed"), when(state.closed_at)),
        (_("Ballots opened"), when(state.opened_at)),
        (_("Counted"), when(state.counted_at)),
        (_("Published"), when(state.published_at)),
    ]
    lines = [
        _(
            "Closing, draw, count and publication were asked for by one organiser and agreed to by another; the "
            "journal says by whom."
        )
    ]
    if round_.visibility == "sealed":
        lines.append(_("The ballots were opened with the shares of two members of the commission."))
    if round_.advisory:
        lines.append(advisory.text(round_))
    return Part(_("The round and who did what"), pairs, lines)


def _changes(of: Source, titles: Mapping[str, str]) -> list[Part]:
    """Return what two people changed after publication, an extension too, each with its public reason."""
    speaker = changes.Speaker(of.round.currency, of.round.timezone, of.town, titles)
    told = [speaker.told(one) for one in of.changes]
    if not told:
        return []
    rows = [
        (str(place), " · ".join(filter(None, (row.of, row.name))), row.old, row.new)
        for place, one in enumerate(told, start=1)
        for row in one.rows
    ]
    lines = [f"{place}. {one.title}. {one.reason}" for place, one in enumerate(told, start=1)]
    columns = ("№", _("What"), _("Before"), _("After"))
    return [Part(_("Changed after publication"), (), lines, columns, rows, widths=(8, 52, 60, 60))]


def _codes(of: Source) -> list[Part]:
    if not of.codes:
        return []
    pairs = [(one.label, codes_told.of_batch(of.round, one)) for one in of.codes]
    return [Part(_("Participation codes"), pairs, [_("How many were used is shown for groups of ten or more only.")])]


def _board(of: Source) -> Part:
    pairs = [
        (_("Final root"), text.groups(of.state.final_root or b"")),
        (_("Leaves on the board"), number(of.state.final_size or 0)),
        (_("Public key"), of.key),
    ]
    return Part(
        _("The board"),
        pairs,
        [_("The root stands for every ballot on the board. If one is changed, it is another root.")],
    )


def _draw(state: Closing, telling: Telling) -> Part:
    order = [f"{place}. {telling.title(code)}" for place, code in enumerate(state.order, start=1)]
    pairs = [
        (_("Fixed at the close: drawn by"), words.source(state.source) if state.source else "–"),
        (_("Randomness"), state.randomness or "–"),
        (_("Seed"), state.seed.hex() if state.seed else "–"),
        (_("Order between equal projects"), "; ".join(order)),
    ]
    lines = [
        *_looked_up(state),
        _('Seed = SHA-256(final root + randomness). Order: ascending by SHA-256(seed + "," + project code).'),
    ]
    return Part(_("The draw for ties"), pairs, lines)


def _looked_up(state: Closing) -> list[str]:
    """Return how what came up can be compared with what everyone saw."""
    if state.source is None:
        return []
    if state.source.beacon is None:
        return [_("The randomness is the ten figures in the order of the throws, as everyone at the meeting saw them.")]
    return [
        _(
            "The randomness is the first 32 hexadecimal digits of the beacon’s value. "
            "Look the round up: it must have come out after the ballot box was closed."
        )
    ]


def _ballots(of: Source) -> Part:
    pairs = [
        (_("Ballots that fit the board"), number(of.state.ballots or 0)),
        (_("Ballots counted"), number(of.result.ballots)),
        (_("Ballots that do not fit"), number(len(of.state.mismatches))),
        *([(_("Ballot checksum"), of.result.checksum)] if of.result.checksum else []),
        (_("Checksum of the whole count"), of.result.fingerprint),
    ]
    lines = [words.fitting(of.state), *words.mismatches(of.state)]
    return Part(_("The ballots"), pairs, lines, bad=bool(of.state.mismatches))


def _turnout(of: Source) -> list[Part]:
    found = of.state.turnout or {}
    areas = {area.code: templates.told(area.names) for area in of.town.areas}
    rows = _cells(
        _("Age"),
        {str(name): str(name).replace("-", "–") for name, _count in found.get("ages", ())},
        found.get("ages", ()),
    )
    rows += _cells(_("Area"), areas, found.get("areas", ()))
    if not rows:
        return []
    text = _("Groups under ten are not shown, nor others from which they could be computed.")
    lines, known = [text], of.round.eligible_estimate
    if known and (of.state.ballots or 0) > known:
        lines.append(
            _(
                "More people voted than were said to be there ({number}): the number given for the round is too low, "
                "or codes went to others.",
                number=number(known),
            )
        )
    columns = (_("By"), _("Group"), _("Ballots"))
    return [Part(_("Who voted"), lines=lines, columns=columns, rows=rows, widths=(60, 80, 40))]


def _cells(by: str, names: Mapping[str, str], cells: Sequence[Sequence[Any]]) -> list[tuple[str, str, str]]:
    """Return a row for each group that is shown, and one for all others."""
    shown = [(by, names.get(str(name)) or str(name) or _("not known"), number(n)) for name, n in cells if n is not None]
    hidden = [(by, _("smaller groups"), _("not shown"))] if len(shown) < len(cells) else []
    return shown + hidden


def _rule(of: Source) -> Part:
    result = of.result
    settings = dict(result.settings)
    pairs = [
        (_("Counting rule"), rule_words.name(result.rule, settings)),
        (_("Settings"), rule_words.words(settings)),
    ]
    return Part(_("The rule"), pairs, rule_words.lines(result.rule, settings))


def _decided(of: Source, telling: Telling) -> list[Part]:
    allocation, currency = of.result.allocation, of.round.currency
    costs = {one.code: one.cost for one in of.listed}
    steps = {step.project: step for step in allocation.steps}
    funded = [
        (str(place), telling.title(one.id), money.text(one.cost, currency),
         outcome.why(telling, steps[one.id]) if one.id in steps else "")
        for place, one in enumerate(allocation.funded, start=1)
    ]  # fmt: skip
    left = money.text(of.round.budget - allocation.cost, currency)
    summary = _("Together: {amount}. Not allocated: {left}.", amount=money.text(allocation.cost, currency), left=left)
    not_funded = [
        (
            telling.title(one.project),
            money.text(costs.get(one.project, 0), currency),
            reasons.why_not(telling, one, of.votes),
        )
        for one in allocation.unfunded
    ]
    tied = outcome.tied(telling, allocation.ties) or [_("No tie had to be decided.")]
    return [
        Part(
            _("Funded"),
            lines=[summary, *tied],
            columns=("№", _("Project"), _("Cost"), _("Why")),
            rows=funded,
            widths=(8, 56, 26, 90),
        ),
        Part(
            _("Not selected, and why"),
            columns=(_("Project"), _("Cost"), _("Why")),
            rows=not_funded,
            widths=(64, 26, 90),
        ),
    ]


def _check(of: Source) -> Part:
    lines = [
        _("Anyone can download the ballots, the board and the result as one file and count again, without our server:"),
        f"glas recount bundle.zip --key {of.key}",
    ]
    return Part(_("Check it yourself"), lines=lines)
