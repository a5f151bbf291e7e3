"""The board over plain HTTP, so that an outsider with a script can watch it.

Checkpoint and key have the forms of C2SP. What once stands on the board never changes, so an answer about a given size
may be kept for ever; only the newest checkpoint may not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core import municipalities, rounds
from core.errors import GlasError, Invalid, NotFound
from core.permissions import guest
from core.store import reading
from core.trust import board, journals, voted_on
from pages.parts.i18n import _
from pages.server import lanes

MOST = 1_000  # leaves an answer
NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
HEX = re.compile(r"[0-9a-f]{64}")
FOREVER, NEVER = "public, max-age=31536000, immutable", "no-cache"
TEXT, LINES, JSON = "text/plain; charset=utf-8", "application/jsonl; charset=utf-8", "application/json"

Answer = Callable[[Any, int, Request], Response]


class Unclear(Exception):
    """A parameter is not what it must be; the text says which and how."""


def checkpoint(session: Any, round_id: int, _request: Request) -> Response:
    """Answer with the newest signed checkpoint."""
    note = board.latest(session, round_id)
    if note is None:
        raise NotFound(thing="checkpoint")
    return _kept(note, TEXT, NEVER)


def key(session: Any, round_id: int, _request: Request) -> Response:
    """Answer with the log's public key as one line."""
    return _kept(board.verifier(session, round_id) + "\n", TEXT, NEVER)


def journal(session: Any, round_id: int, _request: Request) -> Response:
    """Answer with the newest signed head of the journal, which stands beside a checkpoint."""
    notes = journals.heads_of(session, round_id)
    if not notes:
        raise NotFound(thing="head")
    return _kept(notes[-1], TEXT, NEVER)


def noted(session: Any, round_id: int, _request: Request) -> Response:
    """Answer with the signed notes of what is voted on, and of what each step of the closing has found."""
    found = voted_on.public(session, round_id)
    if not found:
        raise NotFound(thing="notes")
    return _kept("\n".join(found), TEXT, NEVER)


def leaves(session: Any, round_id: int, request: Request) -> Response:
    """Answer with the leaves from `start` on, without `end`; with all of them or not at all."""
    start, end = _number(request, "start"), _number(request, "end")
    if not start < end <= start + MOST:
        raise Unclear(_("`end` must be greater than `start`, by {most} at most.", most=MOST))
    found = board.leaves(session, round_id, start, end)
    if len(found) != end - start:
        raise NotFound(thing="leaf")
    # Whether a ballot counts is said later, in the bundle; here every line is for ever.
    lines = [{"position": leaf.position, "commitment": leaf.commitment.hex(), "kind": leaf.kind} for leaf in found]
    return _kept("".join(_json(line) + "\n" for line in lines), LINES, FOREVER)


def inclusion(session: Any, round_id: int, request: Request) -> Response:
    """Answer with the proof that a commitment stands on the board, of `size` leaves or of now."""
    told = request.query_params.get("commitment", "")
    if not HEX.fullmatch(told):
        raise Unclear(_("`commitment` must be 64 hexadecimal digits."))
    size = _number(request, "size") if "size" in request.query_params else None
    found = board.inclusion(session, round_id, bytes.fromhex(told), size)
    proof = {
        "position": found.position,
        "size": found.size,
        "root": found.root.hex(),
        "proof": [step.hex() for step in found.proof],
    }
    return _kept(_json(proof), JSON, NEVER if size is None else FOREVER)


def consistency(session: Any, round_id: int, request: Request) -> Response:
    """Answer with the proof that the board of `from` leaves is the beginning of that of `to`."""
    found = board.consistency(session, round_id, _number(request, "from"), _number(request, "to"))
    proof = {"from": found.first, "to": found.second, "proof": [step.hex() for step in found.proof]}
    return _kept(_json(proof), JSON, FOREVER)


def round_of(session: Any, slug: str) -> int:
    """Return the id of a round that everyone may see. Raises NotFound."""
    town = municipalities.the_town(session)
    return rounds.round_by_slug(session, slug, guest(town.id if town else 0)).id


def _route(name: str, answer: Answer) -> Route:
    async def respond(request: Request) -> Response:
        return await lanes.LOOKS.run(_answered, answer, request)

    return Route(f"/log/{{slug}}/{name}", respond, methods=["GET"], name=f"log-{name}")


def _answered(answer: Answer, request: Request) -> Response:
    """Return the answer, or one sentence that says what is wrong with the question."""
    try:
        with reading() as session:
            return answer(session, round_of(session, request.path_params["slug"]), request)
    except Unclear as unclear:
        return _refused(400, str(unclear))
    except Invalid:
        return _refused(400, _("The board has no such size. Ask for its newest checkpoint first."))
    except NotFound as missing:
        return _refused(404, _missing(missing.thing))
    except GlasError:
        return _refused(503, _("The board cannot be read now. Try again later."))


def _missing(thing: str) -> str:
    return {
        "round": _("There is no such round. The address may be mistyped."),
        "checkpoint": _("Nothing is signed yet: the first ballots still wait for their batch."),
        "head": _("No head of the journal is signed yet: it is with the next checkpoint."),
        "notes": _("Nothing is signed yet: what is voted on is fixed when voting opens."),
        "leaf": _("This does not stand on the board, or not yet."),
    }.get(thing, _("This round has no board."))


def _number(request: Request, name: str) -> int:
    told = request.query_params.get(name, "")
    if not NUMBER.fullmatch(told):
        raise Unclear(_("`{name}` must be a whole number.", name=name))
    return int(told)


def _kept(text: str, kind: str, caching: str) -> Response:
    # Other sites' scripts may watch the board as well: it is public and nobody signs in to it.
    headers = {"cache-control": caching, "access-control-allow-origin": "*"}
    return Response(text, headers=headers, media_type=kind)


def _refused(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence + "\n", status, {"cache-control": "no-store"})


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


ROUTES = (
    *(_route(answer.__name__, answer) for answer in (checkpoint, key, journal, leaves, inclusion, consistency)),
    _route("voted-on", noted),
)
