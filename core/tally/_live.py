"""The tally while people vote: how many have, and – where the round shows it – for what.

Two published tallies that differ by one voter would show what she chose. So it moves in steps of at least K ballots
(`tally_step`, 20 unless the round says otherwise), and as many are held back, for the exact tally at the close is a
look too. Turnout tells nothing of choices and may move one by one.

A new tally is the last one changed by the ballots that have come since: counting the whole box at every look would
cost more the more people vote. What was published last is remembered beside the keys, so that a restart shows
no other selection of voters. Winners need the whole rule; they are recounted at most once a minute in a thread of their
own, and called provisional. Kept per process: each computes the same from the database.
"""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from threading import Lock, Thread
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.types import JSON, Date
from sqlmodel import Session

from core.ballots.types import TYPES
from core.counting.election import Instance, profile_of
from core.counting.rules import allocate
from core.counting.rules.greedy import PROJECTS
from core.errors import GlasError
from core.permissions import Actor
from core.phases import Phase
from core.rounds import Round
from core.store import reading
from core.tally import _last_shown
from core.tally._feeds import Feed, Newest, newest
from core.tally._last_shown import Published
from core.tally._running import Running
from core.tally._visibility import require_visible
from core.tally.loading import kind_of, load_instance
from core.trust import keys

RECOUNT_EVERY = timedelta(minutes=1)

_DAYS = text("SELECT day, ballots FROM turnout_day WHERE round_id = :id ORDER BY day").columns(day=Date)
_FACTS = text(
    "SELECT slug, ballot_type, rule_settings, eligible_estimate, tally_step, imported OR opened_at IS NOT NULL AS open,"
    " closed_at IS NOT NULL AS closed FROM round WHERE id = :id"
).columns(rule_settings=JSON)
_EARLIER = text("SELECT commitment FROM leaf WHERE round_id = :id AND position < :position")
# So many ballots are opened while a page waits; more, in the background.
AT_ONCE = 200
_CODES = text("SELECT code FROM project WHERE round_id = :id ORDER BY position, id")
_GONE = text("SELECT code FROM project WHERE round_id = :id AND withdrawn_at IS NOT NULL")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many ballots lie in the box now, and how many of them came on which day: together they are as many.

    One that is withdrawn is taken from the last day that has one.
    """

    ballots: int
    by_day: tuple[tuple[date, int], ...]
    eligible: int | None


@dataclass(frozen=True, slots=True)
class LiveTally:
    """What the projects have: (code, votes or points), most first. `provisional`: what the rule would fund so far.

    `final`: no ballot can come any more, and every one is in. `ready` is False while there is nothing to show yet
    because the ballots are still to be opened again after a restart. `missing`: so many more ballots, and the first
    figures are published; 0 once some are.
    """

    ballots: int
    supports: tuple[tuple[str, int], ...]
    provisional: tuple[str, ...] | None
    as_of: datetime
    final: bool
    ready: bool = True
    missing: int = 0


@dataclass(slots=True)
class _Kept:
    """What this process keeps of a round's tally. `open`: its ballots lie in the open.

    `facts`: what the round was when it was asked for last; `gone`: what is withdrawn.
    """

    running: Running
    feed: Feed
    slug: str
    step: int
    open: bool
    facts: Row[Any]
    gone: frozenset[str]
    lock: Lock = field(default_factory=Lock)
    fresh: bool = True
    published: LiveTally | None = None
    recounted_at: datetime | None = None
    recounted: int | None = None
    publications: int = 0
    thread: Thread | None = None
    opening: Thread | None = None


_kept: dict[tuple[str, int, str, bool, frozenset[str]], _Kept] = {}
_kept_lock = Lock()


def turnout(session: Session, round_id: int) -> Turnout:
    """Return how many have voted. Everyone may know that, whatever else the round hides."""
    connection = session.connection()
    kept, facts = _keep(connection, round_id)
    with kept.lock:
        _read(connection, kept)
        ballots = kept.feed.ballots
    days = tuple((row.day, row.ballots) for row in connection.execute(_DAYS, {"id": round_id}))
    return Turnout(ballots, days, facts.eligible_estimate)


def live(session: Session, round_: Round, at: datetime, *, actor: Actor | None = None) -> LiveTally:
    """Return the tally as far as it is published: in steps of `tally_step` voters, exact from the close on.

    `session` must be a reading one. Raises NotAllowed before voting and wherever the round's visibility hides it,
    except from an `actor` who may see a count before it is published.
    """
    require_visible(round_, at, actor)
    kept, facts = _keep(session.connection(), round_.id)
    # Which ballot was the last one only the database knows; nobody closes an imported round, whose file has them all.
    final = facts.closed or (round_.imported and round_.phase(at) is not Phase.voting)
    with kept.lock:
        if kept.published is None or not kept.published.final:
            kept.published = _refreshed(session.connection(), kept, at, final=final)
        if round_.counted_at is None and _recount_is_due(kept, at):
            instance = load_instance(session, round_)
            count = partial(_recount, kept, instance, round_, dict(kept.running.classes))
            kept.recounted_at, kept.recounted = at, kept.publications
            kept.thread = Thread(target=count, name=f"recount-{round_.slug}", daemon=True)
            kept.thread.start()
        return kept.published


def settle(slug: str) -> None:
    """Wait until the ballots that are being opened, and the winners that are being counted, are there."""
    for kept in [*_kept.values()]:
        for thread in (kept.opening, kept.thread) if kept.slug == slug else ():
            if thread is not None:
                thread.join()


def forget(round_id: int | None = None) -> None:
    """Forget what is kept of a round, or of all; the next question reads everything again."""
    with _kept_lock:
        for key in [key for key in _kept if round_id in (None, key[1])]:
            del _kept[key]


def _keep(connection: Connection, round_id: int) -> tuple[_Kept, Row[Any]]:
    """Return what is kept of a round, and what it is in this transaction."""
    facts = connection.execute(_FACTS, {"id": round_id}).one()
    # The slug belongs to the key, for a removed round's id may be given again.
    # What is withdrawn too: from then on ballots are worth something else, so all of them are taken in anew.
    gone = frozenset(connection.execute(_GONE, {"id": round_id}).scalars())
    key = (str(connection.engine.url), round_id, facts.slug, bool(facts.open), gone)
    with _kept_lock:
        kept = _kept.get(key)
        if kept is None:
            for former in [each for each in _kept if each[:4] == key[:4]]:
                del _kept[former]
            running = _empty(connection, round_id, facts, gone)
            feed = Feed(round_id)
            kept = _kept[key] = _Kept(running, feed, facts.slug, facts.tally_step, bool(facts.open), facts, gone)
        kept.facts = facts
    return kept, facts


def _read(connection: Connection, kept: _Kept) -> bool:
    """Take in what is new in the box, unopened; False if this transaction sees an older state than is known."""
    if not kept.open:
        return kept.feed.read_leaves(connection)
    kept.feed.read_open(connection, kept.running)
    return True


def _refreshed(connection: Connection, kept: _Kept, at: datetime, *, final: bool) -> LiveTally:
    """Return the tally as it may be shown now: the one published last, or a new one."""
    round_id = kept.feed.round_id
    if not kept.running.ballots and not kept.running.waiting:
        # Until the first ballot the projects may change.
        fresh = _empty(connection, round_id, kept.facts, kept.gone)
        kept.running.supports, kept.running.worth = fresh.supports, fresh.worth
    if not _read(connection, kept) or not _all_opened(connection, kept):
        last = kept.published or _last(kept, at, ready=not _to_open(kept))
        # Before the first ballot there is no key yet, and nothing to open.
        return last if last.ballots or kept.feed.unread or kept.opening else replace(last, missing=_missing(kept))
    last = kept.published or _last(kept, at)
    if not _taken(kept, final) and not (final and not last.final):
        return last if last.ballots else replace(last, missing=_missing(kept))
    ordered = tuple(sorted(kept.running.supports.items(), key=lambda each: -each[1]))
    kept.publications += 1
    if not final and not kept.open and kept.step > 1:
        held = frozenset(change.commitment.hex() for change in kept.running.waiting.values())
        pending = frozenset(commitment.hex() for commitment in kept.feed.waiting)
        _last_shown.write(
            round_id, Published(kept.slug, kept.running.ballots, ordered, at, kept.feed.position, pending, held)
        )
    return LiveTally(kept.running.ballots, ordered, last.provisional, at, final)


def _taken(kept: _Kept, final: bool) -> bool:
    """Take in as many changes as may be shown, and return whether the tally shall be published.

    Two looks around one voter would show her choices, so a step takes in at least K of them. And as many are kept
    back, or the exact tally at the close would show those who came after the last step. Who is kept back and then
    withdraws leaves the others fewer, so where voters withdraw, as many more are kept back, up to K.
    """
    running, step = kept.running, max(1, kept.step)
    taken, running.added = running.added, 0
    if final or step == 1:
        return bool(running.take() + taken)
    back = _back(kept)
    if len(running.waiting) >= back + step:
        return bool(running.take(but=back))
    if taken < step:
        running.added = taken
        return False
    return True


def _back(kept: _Kept) -> int:
    """Return how many ballots are kept back while people vote."""
    step = max(1, kept.step)
    return 0 if step == 1 else step + min(step, kept.running.withdrawals)


def _missing(kept: _Kept) -> int:
    """Return how many more ballots must come before the next step is published."""
    return max(1, _back(kept) + max(1, kept.step) - len(kept.running.waiting))


def _all_opened(connection: Connection, kept: _Kept) -> bool:
    """Open what is new, at once if it is little; False while that goes on in the background."""
    if kept.open:
        return True
    if kept.opening is not None or not keys.has_count_key(kept.feed.round_id):
        return False
    if len(kept.feed.unread) > AT_ONCE:
        kept.opening = Thread(target=_open, args=(kept,), name=f"open-{kept.slug}", daemon=True)
        kept.opening.start()
        return False
    _put(connection, kept, kept.feed.unread)
    kept.feed.unread = []
    return True


def _open(kept: _Kept) -> None:
    """Open all that is unread, off the request path; it is unread until every ballot waits in the running tally."""
    with kept.lock:
        unread = [*kept.feed.unread]
    try:
        with reading() as session:
            connection = session.connection()
            found = list(newest(connection, kept.feed.round_id, unread, keys.count_key(kept.feed.round_id)))
            with kept.lock:
                _put(connection, kept, (), found)
                # What was read meanwhile stands behind it.
                del kept.feed.unread[: len(unread)]
    except Exception:  # noqa: BLE001 – whatever it was, the next look tries again
        _log.exception("the ballots of %s could not be opened", kept.slug)
    finally:
        kept.opening = None


def _to_open(kept: _Kept) -> bool:
    """Return whether ballots are being opened, or will be at the next look."""
    return kept.opening is not None or bool(kept.feed.unread and keys.has_count_key(kept.feed.round_id))


def _put(
    connection: Connection, kept: _Kept, commitments: Sequence[bytes], found: Iterable[Newest] | None = None
) -> None:
    """Have ballots wait in the running tally; after a restart, from where the last publication left off."""
    round_id = kept.feed.round_id
    if found is None:
        found = newest(connection, round_id, commitments, keys.count_key(round_id)) if commitments else ()
    last = _last_shown.read(round_id, kept.slug) if kept.fresh and kept.step > 1 else None
    if last is not None:
        known = connection.execute(_EARLIER, {"id": round_id, "position": last.position}).scalars()
        _last_shown.resume(kept.running, found, last, frozenset(known))
    else:
        for slot_id, revision, commitment, choices in found:
            kept.running.put(slot_id, revision, choices, commitment)
    kept.fresh = False


def _last(kept: _Kept, at: datetime, *, ready: bool = True) -> LiveTally:
    """Return what was shown before this process began, or that nothing was."""
    last = _last_shown.read(kept.feed.round_id, kept.slug) if kept.step > 1 and not kept.open else None
    if last is not None:
        return LiveTally(last.ballots, last.supports, None, last.as_of, False, ready)
    return LiveTally(0, tuple(dict.fromkeys(kept.running.supports, 0).items()), None, at, False, ready)


def _recount_is_due(kept: _Kept, at: datetime) -> bool:
    """Return whether something new is published, and the last provisional count is a minute old."""
    if not kept.publications or kept.recounted == kept.publications:
        return False
    if kept.thread is not None and kept.thread.is_alive():
        return False
    if not kept.running.ballots:
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


def _empty(connection: Connection, round_id: int, facts: Row[Any], gone: Collection[str]) -> Running:
    """Return a tally of nothing yet that gives each ballot what the count will give it."""
    codes = connection.execute(_CODES, {"id": round_id}).scalars().all()
    places = (facts.rule_settings or {}).get("places")
    standing = len(codes) - len(gone)
    worth = TYPES[facts.ballot_type].worth_without(gone, standing if places == PROJECTS else places)
    return Running(worth, dict.fromkeys(codes, 0))
