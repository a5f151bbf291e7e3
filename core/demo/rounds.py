"""The demo town's rounds: one in voting, one counted, one in preparation, one that collects ideas."""

import random
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import Session, col, delete, select

from core import closing, journal, results
from core.ballots.forms import to_text
from core.ballots.types import BallotRules
from core.demo import residents
from core.demo.residents import Choice, Resident, content
from core.municipalities import Municipality
from core.permissions import Action, Actor
from core.phases import Dates
from core.rounds import RoundDraft, put, second_person
from core.texts import DEFAULT, Texts
from core.trust import board, readiness, sealing, slots, voted_on
from core.trust.commitments import Opening
from core.voting import receipts
from db import tables

CENTS = 100
VOTED, VOTED_BEFORE = 190, 150
# What the dice of the demo's meeting showed.
DICE = "3614425162"

_MOVED = ("ideas_from", "ideas_until", "voting_from", "voting_until", "results_on")

Staff = Mapping[str, Actor]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A simulated resident and her row's id."""

    id: int
    who: Resident


def voting(
    session: Session, town: Municipality, staff: Staff, crowd: Sequence[Neighbour], at: datetime, until: datetime
) -> int:
    """Make the round that is open now – approval, equal shares, live – with ideas and ballots; return its id."""
    told = content()
    dates = Dates(_before(at, 75), _before(at, 40), at, until, until + timedelta(days=7))
    row = _round(session, town, staff, "voting", dates, _before(at, 80), told["round"]["budget_eur"], {
        "ballot": BallotRules("approval", 3, 5), "rule": "equal-shares", "code_required": True,
    })  # fmt: skip
    session.add_all(tables.Roll(round_id=tables.id_of(row), person_id=each.id) for each in crowd)
    _ideas(session, town, row, staff, crowd, told["ideas"], told["rejected"])
    choices = _choices(told["ideas"])
    voters = random.Random("voting").sample(crowd, VOTED)
    cast = [(each.id, sorted(residents.some(each.who, choices, 3, 5, seed=1)), at.date()) for each in voters]
    _ballots(session, row, cast)
    return tables.id_of(row)


def finished(session: Session, town: Municipality, staff: Staff, crowd: Sequence[Neighbour], at: datetime) -> int:
    """Make the round that is over – knapsack, by votes –, count it with two organisers, publish it; return its id."""
    told = content()["past"]
    opened, closed = _before(at, 190), _before(at, 169)
    dates = Dates(_before(at, 260), _before(at, 225), opened, closed, _before(at, 160), _before(at, 100))
    row = _round(session, town, staff, "finished", dates, _before(at, 270), told["budget_eur"], {
        "ballot": BallotRules("knapsack", 1, None), "rule": "greedy", "code_required": True,
    })  # fmt: skip
    _ideas(session, town, row, staff, crowd, told["ideas"], ())
    choices, draw = _choices(told["ideas"]), random.Random("finished")
    budget = told["budget_eur"] * CENTS
    cast = [
        (each.id, sorted(residents.basket(each.who, choices, budget, seed=2)), _day(draw, opened, closed))
        for each in draw.sample(crowd, VOTED_BEFORE)
    ]
    _ballots(session, row, cast)
    round_id, counted = tables.id_of(row), closed + timedelta(days=2)
    one, other = staff["organiser"], staff["organiser2"]
    for organiser in (one, other):
        closing.close(session, organiser, round_id, at=counted)
    for organiser in (one, other):
        closing.draw(session, organiser, round_id, DICE, at=counted)
    closing.open_ballots(session, one, round_id, at=counted)
    closing.keep_turnout(session, one, round_id, at=counted)
    results.count_round(session, one, round_id, at=counted)
    agreed = _consent(session, other, round_id, Action.count)
    results.count_round(session, other, round_id, at=counted + timedelta(hours=1), consent=agreed)
    results.publish(session, one, round_id, dates.results_on)
    results.publish(
        session, other, round_id, dates.results_on, consent=_consent(session, other, round_id, Action.publish_result)
    )
    return round_id


def _consent(session: Session, reader: Actor, round_id: int, action: Action) -> str:
    waiting = second_person.waits(session, reader, round_id, action)
    return waiting.consent if waiting else ""


def next_one(session: Session, town: Municipality, staff: Staff, at: datetime) -> int:
    """Make the round that is in preparation, a ranking; return its id."""
    days = [at + timedelta(days=each) for each in (14, 42, 63, 84, 91)]
    row = _round(session, town, staff, "next", Dates(*days), at, content()["round"]["budget_eur"], {
        "ballot": BallotRules("ranking", 1, 5), "rule": "greedy-borda", "rule_settings": {"places": 5},
        "visibility": "turnout", "tally_step": 20,
    })  # fmt: skip
    return tables.id_of(row)


def school(session: Session, town: Municipality, staff: Staff, crowd: Sequence[Neighbour], at: datetime) -> int:
    """Make the small round that collects ideas, with some that wait for review; return its id."""
    told = content()["school"]
    row = _round(session, town, staff, "school", _school_dates(at), _before(at, 7), told["budget_eur"], {
        "ballot": BallotRules("approval", 1, 3), "rule": "equal-shares", "visibility": "turnout", "tally_step": 5,
        "max_cost": told["max_cost_eur"] * CENTS,
    })  # fmt: skip
    where = ({each.code: each.id for each in town.areas}, {each.code: each.id for each in town.categories})
    authors = random.Random(row.slug).sample(crowd, len(told["ideas"]))
    for number, (each, author) in enumerate(zip(told["ideas"], authors, strict=True)):
        idea = _idea(row, each, where, author.id, _before(at, 5) + timedelta(hours=26 * number))
        idea.problem, idea.status = each["problem"], "waiting"
        session.add(idea)
    session.flush()
    return tables.id_of(row)


def _school_dates(at: datetime) -> Dates:
    return Dates(_before(at, 6), *(at + timedelta(days=each) for each in (30, 44, 58, 65)))


def renew(session: Session, town_id: int, at: datetime, until: datetime) -> None:
    """Open the voting round anew, uncounted, and move the next round's dates with it."""
    for row in session.exec(select(tables.Round).where(tables.Round.municipality_id == town_id)):
        if row.slug == content()["rounds"]["voting"]["slug"]:
            row.voting_from, row.voting_until, row.results_on = at, until, until + timedelta(days=7)
            _reopen(session, row)
            session.exec(delete(tables.Result).where(col(tables.Result.round_id) == row.id))
            wishes = col(tables.SecondPerson.round_id) == row.id, col(tables.SecondPerson.action) != "release_codes"
            session.exec(delete(tables.SecondPerson).where(*wishes))
            row.version += 1
            voted_on.begin(session, tables.id_of(row))
        elif row.slug == content()["rounds"]["school"]["slug"]:
            plan = _school_dates(at)
            for name in _MOVED:
                setattr(row, name, getattr(plan, name))
            row.version += 1
        elif row.slug == content()["rounds"]["next"]["slug"] and row.ideas_from is not None:
            _move(row, at + timedelta(days=14) - row.ideas_from)
    session.flush()


def _reopen(session: Session, row: tables.Round) -> None:
    """Take back whatever closing has done. Nothing but a demo could explain that."""
    here = {"id": row.id}
    # What is voted on is fixed anew.
    for name in ("open_ballot", "mismatch", "voted_on"):
        session.connection().execute(text(f"DELETE FROM {name} WHERE round_id = :id"), here)
    session.connection().execute(text("UPDATE leaf SET live = NULL WHERE round_id = :id"), here)
    if row.anonymised_at is not None:
        # Nobody could tell any more who has voted.
        for name in ("slot", "receipt", "leaf", "waiting_box", "pending_leaf", "checkpoint", "turnout_day"):
            session.connection().execute(text(f"DELETE FROM {name} WHERE round_id = :id"), here)
        row.count_public = None
    row.closed_at = row.final_size = row.final_root = row.randomness = row.randomness_source = row.opened_at = None
    row.turnout = row.keep_until = row.anonymised_at = None
    row.counted_at = row.result_published_at = row.voided_at = None


def _move(row: tables.Round, by: timedelta) -> None:
    for name in _MOVED:
        setattr(row, name, getattr(row, name) + by)
    row.version += 1


def _round(
    session: Session, town: Municipality, staff: Staff, name: str, dates: Dates, published: datetime, euros: int,
    more: Mapping[str, Any],
) -> tables.Round:  # fmt: skip
    told, common = content()["rounds"][name], content()["round"]
    draft = RoundDraft(**{
        "titles": Texts(told["titles"]), "intro": Texts(told["intro"]), "budget": euros * CENTS,
        "dates": dates, "age_on": date(dates.voting_from.year, 1, 1), "age_min": common["age_min"],
        "age_max": common["age_max"], "min_cost": common["min_cost_eur"] * CENTS,
        "max_cost": common["max_cost_eur"] * CENTS, "contact_email": town.contact_email, "timezone": town.timezone,
        "eligible_estimate": content()["youth"]["estimate"], "eligible_source": Texts(content()["youth"]["source"]),
        "tally_step": 1, **more,
    })  # fmt: skip
    row = tables.Round(
        slug=told["slug"], municipality_id=town.id, age_on=draft.age_on, published_at=published, demo=True,
        created_at=published,
    )  # fmt: skip
    put(draft, row)
    session.add(row)
    session.flush()
    one, other, round_id = staff["organiser"], staff["organiser2"], tables.id_of(row)
    journal.write(session, one, Action.create_round, round_id=round_id, at=published, slug=row.slug)
    journal.write(session, one, f"ask_{Action.publish_round}", round_id=round_id, at=published, reason="")
    journal.write(session, other, f"agree_{Action.publish_round}", round_id=round_id, at=published)
    return row


def _ideas(
    session: Session, town: Municipality, row: tables.Round, staff: Staff, crowd: Sequence[Neighbour],
    accepted: Iterable[Mapping[str, Any]], rejected: Iterable[Mapping[str, Any]],
) -> None:  # fmt: skip
    """Add ideas with their authors and reviews; the accepted ones stand on the ballot."""
    where = ({each.code: each.id for each in town.areas}, {each.code: each.id for each in town.categories})
    authors, reviewer = random.Random(row.slug).sample(crowd, 30), staff["reviewer"].person_id
    began = row.ideas_from or row.created_at
    for number, told in enumerate((*accepted, *rejected)):
        submitted = began + timedelta(hours=26 * number + 5)
        idea = _idea(row, told, where, authors[number].id, submitted)
        session.add(idea)
        session.flush()
        session.add(tables.Review(
            idea_id=tables.id_of(idea), reviewer_id=reviewer, verdict=idea.status,
            reason=told.get("reason", {}), cost=idea.cost if "code" in told else None,
            created_at=submitted + timedelta(days=4),
        ))  # fmt: skip
        if "code" in told:
            session.add(_project(idea, told, number))
    session.flush()
    journal.write(session, staff["organiser"], Action.edit_projects, round_id=row.id, at=row.voting_from)


def _idea(
    row: tables.Round, told: Mapping[str, Any], where: tuple[Mapping[str, int], Mapping[str, int]], author: int,
    submitted: datetime,
) -> tables.Idea:  # fmt: skip
    cost = None if told["cost_eur"] is None else told["cost_eur"] * CENTS
    return tables.Idea(
        round_id=tables.id_of(row), author_id=author, language=DEFAULT, title=told["title"],
        solution=told.get("text", {}), place=told.get("place", ""),
        area_id=where[0][told["area"]], category_id=where[1][told["category"]], cost=cost,
        status="accepted" if "code" in told else "rejected", created_at=submitted, updated_at=submitted,
        submitted_at=submitted, demo=True,
    )  # fmt: skip


def _project(idea: tables.Idea, told: Mapping[str, Any], position: int) -> tables.Project:
    same = ("round_id", "title", "area_id", "category_id", "place")
    return tables.Project(
        code=told["code"], idea_id=idea.id, text=idea.solution, cost=idea.cost or 0,
        lat=told["lat"], lon=told["lon"], position=position, **{name: getattr(idea, name) for name in same},
    )  # fmt: skip


def _choices(told: Iterable[Mapping[str, Any]]) -> tuple[Choice, ...]:
    return tuple(Choice(each["code"], each["area"], each["category"], each["cost_eur"] * CENTS) for each in told)


def _ballots(session: Session, row: tables.Round, cast: Sequence[tuple[int, list[str], date]]) -> None:
    """Fill slots the way voting does, sealed and logged, but all at once and in an order that is drawn."""
    round_id, connection = tables.id_of(row), session.connection()
    readiness.prepare(session, round_id)
    voted_on.begin(session, round_id)
    session.refresh(row)
    codes = session.exec(select(tables.Project.code).where(tables.Project.round_id == round_id)).all()
    room, drawn = sealing.room(row.slug, codes, row.max_choices), set[str]()
    slots_, leaves = [], []
    for person_id, choices, _on in secrets.SystemRandom().sample(cast, len(cast)):
        number = next(each for each in iter(receipts.new_number, "") if each not in drawn)
        drawn.add(number)
        opening = Opening(row.slug, secrets.token_hex(16), 1, sealing.nonce(b""), number, to_text(choices))
        slots_.append({
            "id": opening.slot, "round_id": round_id, "lookup": slots.lookup(round_id, person_id), "revision": 1,
            "sealed": sealing.close(opening, row.count_public or b"", room), "commitment": opening.commitment(),
            "number": number, "request_id": secrets.token_hex(8),
        })  # fmt: skip
        leaves.append({"round_id": round_id, "commitment": opening.commitment(), "number": number})
    connection.execute(insert(tables.table_of(tables.Slot)), slots_)
    connection.execute(insert(tables.table_of(tables.Receipt)), leaves)
    connection.execute(insert(tables.table_of(tables.PendingLeaf)), [{**each, "kind": "ballot"} for each in leaves])
    board.batch(session, round_id)
    days = sorted(day for _person, _choices_, day in cast)
    session.add_all(
        tables.TurnoutDay(round_id=round_id, day=day, ballots=days.count(day)) for day in dict.fromkeys(days)
    )
    session.flush()


def _day(draw: random.Random, opened: datetime, closed: datetime) -> date:
    """Return a day on which somebody votes: many come on the first days and on the last ones."""
    return (opened + (closed - opened) * draw.betavariate(0.6, 0.7)).date()


def _before(at: datetime, days: int) -> datetime:
    return at - timedelta(days=days)
