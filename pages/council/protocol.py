"""The protocol of a closed round: what is printed, signed and published, as parts that page and PDF show alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core import closing, codes, municipalities, results, rounds, tally
from core.closing import Closing, Doers
from core.codes import Made
from core.errors import GlasError, NotFound
from core.ideas import projects
from core.ideas.projects import Listed
from core.municipalities import Municipality
from core.permissions import Action, Actor
from core.results import Result
from core.rounds import Change, Round
from core.trust import board
from pages.closing import words
from pages.council import voters
from pages.council.part import Part
from pages.parts import dates, forms, money, templates, text
from pages.parts.i18n import _, number
from pages.results import reasons
from pages.results import telling as outcome
from pages.results.result import telling_of
from pages.results.telling import Telling
from pages.rounds import advisory, changes, choices, rule_words
from pages.voting import ballot_types


@dataclass(frozen=True, slots=True)
class Protocol:
    """The whole of it. `draft`: the result is not published yet. `signers`: roles, each with a line to sign on.

    `number`: that of the round, and the day on which it was issued.
    """

    title: str
    town: str
    round: str
    number: str
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
    doers: Sequence[Doers] = ()


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
        doers=closing.doers(session, actor, round_.id),
    )


def _key(session: Any, round_: Round) -> str:
    try:
        return board.verifier(session, round_.id)
    except GlasError:
        return "–"


def protocol(of: Source, *, names: bool = True) -> Protocol:
    """Return the protocol in the language that is spoken; without `names` it says where those of organisers stand."""
    round_, state = of.round, of.state
    telling = telling_of(round_, of.result, of.listed)
    parts = (
        _round(of), _people(of) if names else _without_names(), *_changes(of, telling.titles),
        *voters.of_codes(round_, of.codes), *voters.of_turnout(round_, of.town, state), _rule(of), _votes(of, telling),
        *_decided(of, telling), _ballots(of), _draw(state, telling), _board(of), _check(of),
    )  # fmt: skip
    signers = [_("First organiser"), _("Second organiser"), _("Auditor")]
    if round_.visibility == "sealed":
        signers[2:2] = [_("Member of the commission"), _("Member of the commission")]
    return Protocol(
        title=_("Protocol of closing and counting"),
        town=templates.told(of.town.names),
        round=templates.told(round_.titles),
        number=_("№ {number} · issued on {date}", number=round_.slug, date=_issued(of)),
        draft=state.published_at is None,
        made=state.counted_at or state.closed_at or round_.dates.voting_until,
        parts=parts,
        signers=signers,
    )


def _issued(of: Source) -> str:
    at = of.state.published_at or of.state.counted_at
    return dates.day(at, zone=of.round.timezone, year=True) if at else "–"


def _round(of: Source) -> Part:
    round_, state, zone = of.round, of.state, of.round.timezone

    def when(at: datetime | None) -> str:
        return dates.moment(at, zone=zone, year=True) if at else "–"

    voting = f"{when(round_.dates.voting_from)} – {when(round_.dates.voting_until)}"
    pairs = [
        (_("Budget"), money.text(round_.budget, round_.currency)),
        (_("Voting took place"), voting),
        (_("Shown meanwhile"), forms.name_of(choices.visibilities(), round_.visibility)),
        (_("Ballot box closed"), when(state.closed_at)),
        (_("Ballots opened"), when(state.opened_at)),
        (_("Counted"), when(state.counted_at)),
        (_("Published"), when(state.published_at)),
    ]
    return Part(_("The round"), pairs, [advisory.text(round_)] if round_.advisory else ())


def _people(of: Source) -> Part:
    """Return the two people of each step, as their names stand on Glas."""
    gone = _("a name that is not shown any more")
    steps = {
        Action.close_vote: _("Closed"), Action.draw_ties: _("Draw"), Action.count: _("Counted"),
        Action.publish_result: _("Published"),
    }  # fmt: skip
    rows = [(steps[one.step], one.asked or gone, one.agreed or gone) for one in of.doers]
    lines = [_("Each step was asked for by one organiser and agreed to by another. The names are those on Glas.")]
    if of.round.visibility == "sealed":
        lines.append(_("The ballots were opened with the shares of two members of the commission."))
    columns = (_("Step"), _("Asked for by"), _("Agreed to by"))
    return Part(_("Who did what"), (), lines, columns, rows, widths=(40, 70, 70))


def _without_names() -> Part:
    text = _("The names of who closed, drew, counted and published stand in the protocol on Glas and in its PDF.")
    return Part(_("Who did what"), lines=[text])


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


def _rule(of: Source) -> Part:
    result = of.result
    settings = dict(result.settings)
    pairs = [
        (_("Counting rule"), rule_words.name(result.rule, settings)),
        (_("Settings"), rule_words.words(settings)),
    ]
    return Part(_("The rule"), pairs, rule_words.lines(result.rule, settings))


def _votes(of: Source, telling: Telling) -> Part:
    """Return every project with its votes and its cost, most votes first: with the rule, all that a recount needs."""
    currency, round_ = of.round.currency, of.round
    funded = {one.id for one in of.result.allocation.funded}
    listed = sorted(of.listed, key=lambda one: (-of.votes.get(one.code, 0), one.code))
    rows = [
        (
            one.code, telling.title(one.code), number(of.votes[one.code]) if one.code in of.votes else "–",
            money.text(one.cost, currency),
            _("withdrawn") if one.withdrawn else _("is funded") if one.code in funded else _("is not funded"),
        )
        for one in listed
    ]  # fmt: skip
    columns = (_("Code"), _("Project"), ballot_types.support(round_.ballot.type), _("Cost"), _("Outcome"))
    return Part(_("Projects and votes"), (), (), columns, rows, widths=(18, 72, 26, 28, 36), right=(2, 3))


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
    summary = _(
        "Budget: {budget}. Together: {amount}. Not allocated: {left}.",
        budget=money.text(of.round.budget, currency), amount=money.text(allocation.cost, currency), left=left,
    )  # fmt: skip
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
            right=(2,),
        ),
        Part(
            _("Not selected, and why"),
            columns=(_("Project"), _("Cost"), _("Why")),
            rows=not_funded,
            widths=(64, 26, 90),
            right=(1,),
        ),
    ]


def _check(of: Source) -> Part:
    lines = [
        _("Anyone can download the ballots, the board and the result as one file and count again, without our server:"),
        f"glas recount bundle.zip --key {of.key}",
    ]
    return Part(_("Check it yourself"), lines=lines)
