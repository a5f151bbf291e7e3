"""What README, SECURITY.md and the pages promise in numbers, as literals: other tests ask the code for its constants.

Changing a promise means changing it here, in the words for people and in the code.
"""

import inspect
from datetime import timedelta
from typing import Any

import pytest

from core import closing, codes, ideas, letters, redaction
from core.closing import _turnout, objections
from core.codes import _batches, holders
from core.demo import town
from core.ideas import reviews
from core.imports import _reading, _staging, elections
from core.people import accounts, devices, passwords, persons, recovery, second_step, sessions, sign_in, team, throttle
from core.people.throttle import Kind, Limit
from core.privacy import erasure, retention
from core.rounds import drafts, steps
from core.tally import _live
from core.trust import commitments, escrow, lots, sealing, shares, waiting
from db import engine
from pages import server
from pages.open_data import bundles_route
from pages.parts import i18n, money, uploads
from pages.people import session_route
from pages.results import insight_words
from pages.server import border, frames, lanes, limits, open_files, private_route, rooms, streams, upload_route
from pages.tally import live
from pages.trust import answers, log_route
from pages.voting import ballot_route, receipt_route

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
MEBIBYTE = 1_048_576
HASHER, TURNS = passwords._hasher, passwords._TURNS

PACES = [
    (each.kwargs.get("at_once", 600), each.kwargs.get("per_second", 20))
    for each in server.layers([]) if each.cls is limits.Paced
]  # fmt: skip

PROMISED: dict[str, tuple[Any, Any]] = {
    # Who stays unseen
    "the least group that a number is told of": (closing.LEAST, 10),
    "the groups of ages": (_turnout.GROUPS, ((0, 13), (14, 17), (18, 21), (22, 25), (26, 29), (30, 999))),
    "the step of a live tally that is called safe": (drafts.SAFE_STEP, 20),
    "the least batch of codes whose use is told": (codes.LEAST_TOLD, 10),
    "codes that are written together": (holders.TOGETHER, 20),
    "bytes to which envelopes are filled": (sealing.STEP, 64),
    "bytes of a commitment's nonce": (commitments.NONCE, 64),
    "parts of the key, and how many open": ((shares.PEOPLE, shares.NEEDED), (3, 2)),
    "dice": (lots.THROWS, 10),
    "bytes of the disk that no upload takes": (upload_route.RESERVE, 256 * MEBIBYTE),
    "an election file: bytes, lines before the votes, ballots, bytes of memory, seconds, rows of a piece": (
        (_reading.MOST_BYTES, _reading.MOST_HEAD_LINES, _reading.MOST_VOTES_LINES, _reading.MEMORY, _reading.PATIENCE,
         _staging.PIECE, _staging.ABANDONED),
        (256 * MEBIBYTE, 20_000, 2_000_000, 1_536 * MEBIBYTE, 600, 500, HOUR),
    ),
    "ballots in a box that waits for its batch": (waiting.MOST, 64),
    "letters of a passphrase of the link": (escrow.SHORTEST, 15),
    # Who may come in
    "the youngest and the oldest with an account": ((accounts.YOUNGEST, accounts.OLDEST), (14, 120)),
    "symbols of a recovery code": (recovery.RECOVERY_SYMBOLS, 20),
    "symbols of a participation code": ((_batches.SELECTOR, _batches.VERIFIER, _batches.LENGTH), (5, 10, 16)),
    "letters of codes": (letters.ALPHABET, "23456789ABCDEFGHJKMNPQRSTUVWXYZ"),
    "codes in a batch": (_batches.MOST_IN_A_BATCH, 5_000),
    "characters of a password: least, of staff, most": (
        (passwords.LEAST, passwords.LEAST_OF_STAFF, passwords.MOST), (12, 15, 200),
    ),
    "argon2id: rounds, KiB, lanes": ((HASHER.time_cost, HASHER.memory_cost, HASHER.parallelism), (2, 19_456, 1)),
    "hashes at once": (TURNS._workers._max_workers, 2),
    "who may wait for a hash: all, of one network, seconds": (
        (TURNS._most, TURNS._most_of_one, TURNS._patience), (200, 100, 5),
    ),
    "a sign-in: idle, at most": ((sessions.IDLE, sessions.LIFETIME), (30 * MINUTE, 12 * HOUR)),
    "a sign-in of staff": ((sessions.STAFF_IDLE, sessions.STAFF_LIFETIME), (15 * MINUTE, 8 * HOUR)),
    "a sign-in that has ended can be renewed for": (sessions.RENEWABLE, 24 * HOUR),
    "a link to sign in lasts": (recovery.LIFETIME, 24 * HOUR),
    "an invitation lasts": (team.LIFETIME, 7 * DAY),
    "a second step: bytes of the secret, digits, seconds, steps of skew": (
        (second_step.SECRET, second_step.DIGITS, second_step.SECONDS, second_step.SKEW), (20, 6, 30, 1),
    ),
    "its recovery codes, and their symbols": ((second_step.CODES, second_step.CODE_SYMBOLS), (10, 10)),
    # Who guesses
    "wrong tries": (throttle.LIMITS, {
        Kind.account_here: Limit(5, 5, 60, HOUR), Kind.account: Limit(20, 1, 30, HOUR),
        Kind.network: Limit(60, 1, 5, 10 * MINUTE), Kind.code: Limit(5, 5, 300, HOUR),
        Kind.browser: Limit(10, 5, 60, HOUR), Kind.inside: Limit(10, 5, 60, HOUR),
        Kind.second_step: Limit(5, 5, 60, 30 * DAY, patience=50),
        Kind.join: Limit(1000, 1, 5, HOUR), Kind.names: Limit(20, 5, 60, HOUR),
        Kind.strength: Limit(20, 5, 60, HOUR),
    }),
    "a wait without patience, and wrong second steps that are told": ((throttle.DAY, sign_in.TOLD), (24 * HOUR, 3)),
    "the turn of an account in a network": (throttle.TURN, Limit(1, 60, 3600, HOUR)),
    "doors": (throttle.BUCKETS, 1_048_576),
    "bits of an address that are a network": ((redaction._V4, redaction._V6), (24, 48)),
    "people whom a browser knows": (devices.MOST, 12),
    # What is taken and given
    "a body": ((limits.SMALL, ballot_route.LONGEST), (65_536, 65_536)),
    "seconds for a body, and for a file": ((limits.SLOW, limits.SLOW_FILE), (60, 600)),
    "messages of a page, a person, the guests of a network: at once, a second": (
        (streams.OF_ONE, streams.OF_PERSON, streams.OF_NETWORK), ((60, 10), (240, 20), (900, 60)),
    ),
    "pages made for one open page of a guest: at once, a second": (streams.PAGES_OF_GUEST, (12, 1.5)),
    "pages made at once: for guests, for who is signed in": ((streams.GUESTS, streams.MEMBERS), (2, 2)),
    "a message of a guest's page, of a member's, all that have not ended": (
        (frames.MOST, frames.MOST_OF_MEMBER, frames.MOST_OF_ALL), (65_536, 262_144, 16 * MEBIBYTE),
    ),
    "widgets of a message, bytes for which it counts once more": ((streams.WIDGETS, streams.LONG), (500, 16_384)),
    "requests that wait on a connection, bytes before a body, crumbs of a body": (
        (frames.WAITING, frames.HEAD, frames.CRUMBS), (4, 65_536, 200),
    ),
    "characters and fields of a query": ((border.LONGEST_QUERY, border.FIELDS), (4_096, 64)),
    "changes, websockets, reading, dear reading of an address: at once, a second": (
        PACES, [(600, 20), (200, 10), (1_000, 60), (300, 5)],
    ),
    "seconds: for a message, until it is read, twice until a request begins": (
        (frames.PATIENCE, frames.READS, frames.BEGINS), (20, 30, 10),
    ),
    "frames of a connection: at once, a second": (frames.FRAMES, (300, 30)),
    "open pages, files of each, seconds unused": ((rooms.MOST, open_files.OF_A_PAGE, rooms.IDLE), (3_000, 4, 20)),
    "guests of a hundred open pages": (rooms.Rooms(100).most_guests, 75),
    "symbols by which a password is judged": (passwords._JUDGED, 32),
    "an election file, and four of them": ((uploads.MOST, upload_route.QUOTA), (64 * MEBIBYTE, 256 * MEBIBYTE)),
    "an upload: minutes, files at once": ((upload_route.MINUTES, upload_route.FILES), (15, 8)),
    "a private file: minutes, files, bytes": (
        (private_route.MINUTES, private_route.FILES, private_route.MOST), (15, 200, 64 * MEBIBYTE),
    ),
    "bytes of two parts of a key": (bundles_route.LONGEST, 4_000),
    "characters of a receipt that is looked for": (receipt_route.LONGEST, 120),
    "lines of the log an answer": (log_route.MOST, 1_000),
    "looks at the board": ((answers.PACE.at_once, answers.PACE.per_second), (300, 5)),
    "seconds of a ticket to sign in": (session_route.SECONDS, 30),
    "threads: votes, sign-ins, dear files, looks, plain pages": (
        tuple(lane.threads for lane in (lanes.VOTES, lanes.SIGN_INS, lanes.DEAR, lanes.LOOKS, lanes.PLAIN)),
        (12, 8, 1, 2, 1),
    ),
    "milliseconds that a write waits for SQLite": (engine.BUSY_MS, 10_000),
    "seconds between two looks at the live tally": ((live.SECONDS, live.SECONDS_IN_A_HALL), (20, 5)),
    "winners are counted anew every": (_live.RECOUNT_EVERY, MINUTE),
    "projects named in a difference": (insight_words.MOST_NAMED, 5),
    # What people write
    "characters of a name": (persons.NICKNAME, (2, 30)),
    "characters of an idea": (
        ideas.LENGTHS, {"title": (5, 80), "problem": (20, 1_000), "solution": (20, 1_000), "place": (0, 120)},
    ),
    "characters of a reason": (reviews.REASON, (10, 1_000)),
    "characters of a round's title and introduction": ((drafts.TITLE, drafts.INTRO), (120, 4_000)),
    # How long it stays
    "a copy from before a migration": (retention.COPIES_STAY, 14 * DAY),
    "an idea that was taken back": (retention.WITHDRAWN_STAYS, 30 * DAY),
    "who objects has": (steps.OBJECTION, 14 * DAY),
    "so long an objection without an answer holds the links": (steps.HELD, 90 * DAY),
    "the links of a round that nobody closes": (steps.UNCLOSED, 365 * DAY),
    "an account that nobody uses": (erasure.UNUSED, 761 * DAY),
    "characters of an objection": (objections.LENGTH, (20, 1_000)),
    "days of a replay and of the demo": ((elections.REPLAY_DAYS, town.DAYS), (60, 60)),
}  # fmt: skip


@pytest.mark.parametrize("promise", PROMISED)
def test_a_promised_number_is_what_it_was_promised_to_be(promise: str):
    found, promised = PROMISED[promise]

    assert found == promised


def test_one_address_sends_600_requests_at_once_and_20_a_second():
    usual = {name: each.default for name, each in inspect.signature(limits.Paced.__init__).parameters.items()}

    assert (usual["at_once"], usual["per_second"]) == (600, 20)


@pytest.mark.parametrize("language", ["bg", "en"])
def test_an_amount_in_leva_is_read_in_either_language(language: str):
    i18n.use(language)

    assert money.parse("1 200,50 лв.", "BGN") == 120_050
