"""The tally while people vote: how many have, and – where the round shows it – for what."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from threading import Lock, Thread

from sqlalchemy import Connection, text
from sqlalchemy.types import Date
from sqlmodel import Session

from core.election import Instance
from core.elections import kind_of, load_instance, profile_of
from core.errors import GlasError, NotAllowed
from core.feeds import Feeds
from core.permissions import Action, Actor, Phase, may
from core.round_values import Round
from core.rules import allocate
from core.running import Running, Worth, worth_of

RECOUNT_EVERY = timedelta(minutes=1)
FRESH = timedelta(seconds=1)

_DAYS = text("SELECT day, ballots FROM turnout_day WHERE round_id = :id ORDER BY day").columns(day=Date)
_FACTS = text("SELECT slug, ballot_type, eligible_estimate FROM round WHERE id = :id")
_CODES = text("SELECT code FROM project WHERE round_id = :id ORDER BY position, id")


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many ballots lie in the box now, and how many people voted for the first time on which day."""

    ballots: int
    by_day: tuple[tuple[date, int], ...]
    eligible: int | None


@dataclass(frozen=True, slots=True)
class LiveTally:
    """What the projects have: (code, votes or points), most first. `provisional`: what the rule would fund so far."""

    ballots: int
    supports: tuple[tuple[str, int], ...]
    provisional: tuple[str, ...] | None
    as_of: datetime
    final: bool


@dataclass(slots=True)
class _Kept:
    """What this process keeps of a round's tally."""

    running: Running
    feeds: Feeds
    lock: Lock = field(default_factory=Lock)
    published: LiveTally | None = None
    read_at: datetime | None = None
    recounted_at: datetime | None = None
    recounted: int | None = None
    publications: int = 0
    thread: Thread | None = None


_kept: dict[tuple[str, int, str], _Kept] = {}
_kept_lock = Lock()
_recent: dict[str, _Kept] = {}


def turnout(session: Session, round_id: int) -> Turnout:
    """Return how many have voted. Everyone may know that, whatever else the round hides."""
    connection = session.connection()
    kept, eligible = _keep(connection, round_id)
    with kept.lock:
        kept.feeds.fold(connection, kept.running)
        ballots = kept.running.ballots
    days = tuple((row.day, row.ballots) for row in connection.execute(_DAYS, {"id": round_id}))
    return Turnout(ballots, days, eligible)


def live(session: Session, round_: Round, at: datetime, *, actor: Actor | None = None) -> LiveTally:
    """Return the tally as far as it is published: in steps of `tally_step` voters, exact from the close on.

    `session` must be a reading one. Raises NotAllowed before voting and wherever the round's visibility hides it,
    except from an `actor` who may see a count before it is published.
    """
    require_visible(round_, at, actor)
    kept, _eligible = _keep(session.connection(), round_.id)
    with kept.lock:
        if kept.published is None or not kept.published.final:
            kept.published = _refreshed(session.connection(), kept, round_, at)
        if visible(round_, at):
            kept.read_at, _recent[round_.slug] = at, kept
        if round_.counted_at is None and _recount_is_due(kept, at):
            instance = load_instance(session, round_)
            count = partial(_recount, kept, instance, round_, dict(kept.running.classes))
            kept.recounted_at, kept.recounted = at, kept.publications
            kept.thread = Thread(target=count, name=f"recount-{round_.slug}", daemon=True)
            kept.thread.start()
        return kept.published


def recent(slug: str, at: datetime) -> LiveTally | None:
    """Return what `live` returned within the last second, without asking the database; None: ask `live`."""
    kept = _recent.get(slug)
    if kept is None or kept.read_at is None or not timedelta(0) <= at - kept.read_at < FRESH:
        return None
    return kept.published


def visible(round_: Round, at: datetime) -> bool:
    """Return whether the round shows its tally at this moment. Hidden is hidden everywhere."""
    phase = round_.phase(at)
    if round_.draft or phase in (Phase.preparation, Phase.ideas, Phase.review):
        return False
    return round_.visibility == "live" or phase not in (Phase.voting, Phase.counting)


def require_visible(round_: Round, at: datetime, actor: Actor | None = None) -> None:
    """Raise NotAllowed where the round hides its tally."""
    phase = round_.phase(at)
    if visible(round_, at) or (actor is not None and may(actor, Action.see_unpublished_result, phase)):
        return
    raise NotAllowed(action=Action.see_tally, phase=phase)


def settle(slug: str) -> None:
    """Wait until the provisional winners that are being counted are there."""
    kept = _recent.get(slug)
    if kept is not None and kept.thread is not None:
        kept.thread.join()


def forget(round_id: int | None = None) -> None:
    """Forget what is kept of a round, or of all; the next question reads everything again."""
    with _kept_lock:
        for key in [key for key in _kept if round_id in (None, key[1])]:
            _recent.pop(key[2], None)
            del _kept[key]


def _keep(connection: Connection, round_id: int) -> tuple[_Kept, int | None]:
    facts = connection.execute(_FACTS, {"id": round_id}).one()
    # The slug belongs to the key, for a removed round's id may be given again.
    key = (str(connection.engine.url), round_id, facts.slug)
    with _kept_lock:
        kept = _kept.get(key)
        if kept is None:
            kept = _kept[key] = _Kept(_empty(connection, round_id, worth_of(facts.ballot_type)), Feeds(round_id))
    return kept, facts.eligible_estimate


def _refreshed(connection: Connection, kept: _Kept, round_: Round, at: datetime) -> LiveTally:
    """Return the tally as it may be shown now: the one published last, or a new one."""
    final = round_.phase(at) is not Phase.voting
    if final:
        # Exact at the close: counted once more from the first ballot on.
        kept.running, kept.feeds = _empty(connection, round_.id, kept.running.worth), Feeds(round_.id)
    elif not kept.running.ballots:
        # Until the first ballot the projects may change.
        kept.running.supports = _empty(connection, round_.id, kept.running.worth).supports
    kept.feeds.fold(connection, kept.running)
    last = kept.published
    if last is not None and not final and kept.running.changed < max(1, round_.tally_step):
        return last
    # Two looks around one voter would show her choices, so a few ballots alone are not shown either.
    shown = final or kept.running.changed >= round_.tally_step
    supports = kept.running.supports if shown else dict.fromkeys(kept.running.supports, 0)
    ballots = kept.running.ballots if shown else 0
    if shown:
        kept.running.rest()
        kept.publications += 1
    ordered = sorted(supports.items(), key=lambda each: -each[1])
    return LiveTally(ballots, tuple(ordered), last.provisional if last else None, at, final)


def _recount_is_due(kept: _Kept, at: datetime) -> bool:
    """Return whether something new is published, and the last provisional count is a minute old."""
    if not kept.publications or kept.recounted == kept.publications:
        return False
    if kept.thread is not None and kept.thread.is_alive():
        return False
    # What is published, no more and no less, may be counted.
    if kept.running.changed or not kept.running.ballots:
        return False
    return kept.recounted_at is None or at - kept.recounted_at >= RECOUNT_EVERY


def _recount(kept: _Kept, instance: Instance, round_: Round, classes: dict[str, int]) -> None:
    """Count provisional winners, off the request path, from what was in memory."""
    try:
        found = allocate(round_.rule, instance, profile_of(kind_of(round_), classes), **round_.rule_settings)
    except GlasError:
        # A tie that the rule does not decide, or a rule that is not known: then no winners are shown.
        return
    with kept.lock:
        if kept.published is not None:
            kept.published = replace(kept.published, provisional=tuple(project.id for project in found.funded))


def _empty(connection: Connection, round_id: int, worth: Worth) -> Running:
    return Running(worth, dict.fromkeys(connection.execute(_CODES, {"id": round_id}).scalars(), 0))
