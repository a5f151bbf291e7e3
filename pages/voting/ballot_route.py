"""The vote over HTTP: a definite answer to every ballot, and the same receipt for the same request."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import clock, errors, rounds, voting
from core.errors import GlasError
from core.permissions import Actor
from core.store import reading, transaction
from core.voting.receipts import Receipt
from pages.parts import cookies, i18n, refusals
from pages.parts.i18n import _, n_
from pages.server import asker, lanes
from pages.server.border import json_in
from pages.server.guard import same_origin
from pages.voting import receipts

# A ballot of a thousand choices stays below this; who sends more is not our page.
LONGEST = 64 * 1024
# Refusal → status and the word by which the component tells them apart; the first that fits.
ANSWERS: tuple[tuple[type[GlasError], int, str], ...] = (
    (errors.NotSignedIn, 401, "not_signed_in"),
    (errors.NotEligible, 403, "not_eligible"),
    (errors.NotAllowed, 403, "not_allowed"),
    (errors.NotFound, 404, "not_found"),
    (errors.BallotStale, 409, "stale"),
    (errors.VotingNotOpen, 409, "not_open"),
    (errors.VotingClosed, 409, "closed"),
    (errors.WrongPhase, 409, "closed"),
    (errors.KeyMissing, 409, "rests"),
    (errors.DatabaseReplaced, 409, "rests"),
    (errors.LogBroken, 409, "rests"),
    (errors.LogRolledBack, 409, "rests"),
    (errors.VotedOnAltered, 409, "rests"),
    (errors.TooManyReplacements, 409, "too_often"),
    (errors.BallotInvalid, 422, "invalid"),
    (errors.Invalid, 422, "invalid"),
    (errors.TooManyTries, 429, "too_many"),
)
HEADERS = {"cache-control": "no-store"}
_log = logging.getLogger("glas.ballot")


async def cast(request: Request) -> Response:
    """POST: put the ballot into the voter's slot and answer with its receipt."""
    _speak(request)
    if not same_origin(request):
        return _plain(403, "origin", _("This request did not come from a page of Glas."))
    body = await _body(request)
    if body is None:
        return _plain(413, "too_long", _("This ballot cannot be read. Reload the page; your choice is kept."))
    ballot = _read(body)
    if ballot is None:
        return _plain(400, "format", _("This ballot cannot be read. Reload the page; your choice is kept."))
    return await lanes.VOTES.run(_answered, lambda: _cast(request, ballot), request)


async def status(request: Request) -> Response:
    """GET: say whether the voter's request arrived. Only the voter can ask, or the id would be an oracle."""
    _speak(request)
    return await lanes.VOTES.run(
        _answered, lambda: _status(request, request.query_params.get("request_id", "")), request
    )


@dataclass(frozen=True, slots=True)
class _Sent:
    """What the component sends: a ballot, or the wish to withdraw it. `nonce`: the browser's half, 64 hex digits."""

    request_id: str
    choices: list[str]
    replaces: int
    nonce: str
    withdraw: bool


def _cast(request: Request, sent: _Sent) -> Response:
    known: dict[str, Any] = {
        "at": clock.now(), "request_id": sent.request_id, "replaces": sent.replaces, "nonce": sent.nonce,
    }  # fmt: skip
    with transaction() as session:
        voter = _voter(session, request)
        round_ = rounds.round_by_slug(session, request.path_params["slug"], voter)
        if sent.withdraw:
            receipt = voting.withdraw_ballot(session, voter, round_.id, **known)
        else:
            receipt = voting.cast_ballot(session, voter, round_.id, sent.choices, **known)
    # Signed only now that it is committed: the signature is made while the receipt is told.
    return _receipt(receipt, round_, 201)


def _status(request: Request, request_id: str) -> Response:
    with reading() as session:
        voter = _voter(session, request)
        round_ = rounds.round_by_slug(session, request.path_params["slug"], voter)
        receipt = voting.receipt_of(session, voter, round_.id, request_id)
    if receipt is None:
        return _plain(404, "unknown", _("This ballot has not arrived."))
    return _receipt(receipt, round_, 200)


def _voter(session: Any, request: Request) -> Actor:
    voter = asker.actor_of(session, request, at=clock.now())
    if voter is None:
        raise errors.NotSignedIn(action="cast_ballot")
    return voter


def _receipt(receipt: Receipt, round_: rounds.Round, code: int) -> Response:
    return JSONResponse(receipts.told(receipt, round_), code, headers=HEADERS)


def _answered(act: Callable[[], Response], request: Request) -> Response:
    """Return the answer of `act`, or the refusal as a sentence with the facts that the component needs."""
    try:
        return act()
    except GlasError as refusal:
        code, word = next(((code, word) for kind, code, word in ANSWERS if isinstance(refusal, kind)), (400, "refused"))
        if isinstance(refusal, errors.NotSignedIn) and not asker.renewable(request):
            word = "signed_out"
        facts: dict[str, Any] = {"revision": refusal.revision} if isinstance(refusal, errors.BallotStale) else {}
        if isinstance(refusal, errors.BallotInvalid) and refusal.problem in ("withdrawn", "unknown"):
            # The page that chose them knows their titles.
            facts["withdrawn"] = [*refusal.codes] if refusal.problem == "withdrawn" else []
        message = _sentence(refusal)
        return _plain(code, word, message, **facts)


def _sentence(refusal: GlasError) -> str:
    if isinstance(refusal, errors.NotSignedIn):
        return _("You are logged out. Log in again: your choice is kept.")
    if isinstance(refusal, errors.BallotStale):
        return _("There is a newer ballot from another tab or device. You can replace it with this one.")
    if isinstance(refusal, errors.TooManyReplacements):
        return n_(
            "You have changed your vote very often. Your last one counts, and this choice is kept here: send it in "
            "{count} second.",
            "You have changed your vote very often. Your last one counts, and this choice is kept here: send it in "
            "{count} seconds.",
            refusal.seconds,
        )
    if isinstance(refusal, errors.LogBroken | errors.LogRolledBack | errors.VotedOnAltered):
        # What the operator has to do is for the operator: the voter can do one thing, tell.
        _log.error(
            "No ballot is taken in %s: its board is not the one that was signed. Keep the database as it is, "
            "and show it to the auditor.",
            refusal.slug,
        )
        return _(
            "This round rests: its board must be checked first. Your ballot was not taken. Tell the municipality: "
            "its address is at the foot of every page."
        )
    return refusals.sentence(refusal)


def _plain(code: int, word: str, message: str, **facts: object) -> Response:
    return JSONResponse({"error": word, "message": message, **facts}, code, headers=HEADERS)


def _speak(request: Request) -> None:
    wanted = request.query_params.get("lang", "")
    known = wanted in i18n.languages()
    i18n.use(wanted if known else cookies.language(request.cookies, request.headers.get("accept-language", "")))


async def _body(request: Request) -> bytes | None:
    """Return the body, None as soon as it is too long."""
    found = bytearray()
    async for part in request.stream():
        found += part
        if len(found) > LONGEST:
            return None
    return bytes(found)


def _read(body: bytes) -> _Sent | None:
    """Return what was sent, None if the body is anything else."""
    try:
        sent = json_in(body)
        request_id, choices, replaces = sent["request_id"], sent["choices"], sent["replaces"]
        nonce, withdraw = sent.get("nonce", ""), sent.get("withdraw", False)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not isinstance(choices, list) or not all(isinstance(code, str) for code in choices):
        return None
    if not isinstance(request_id, str) or type(replaces) is not int:
        return None
    if not isinstance(nonce, str) or not isinstance(withdraw, bool):
        return None
    return _Sent(request_id, choices, replaces, nonce, withdraw)


ROUTES = (
    Route("/api/rounds/{slug}/ballot", cast, methods=["POST"]),
    Route("/api/rounds/{slug}/ballot", status, methods=["GET"]),
)
