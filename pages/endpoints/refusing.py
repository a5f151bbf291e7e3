"""Turning a request away before anything of Glas has seen it; it learns a number and a word."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


def turn_away(status: int, word: str, headers: Mapping[str, str] | None = None) -> ASGIApp:
    """Return an app that answers a request, or a websocket that knocks, with `status`."""
    answer = JSONResponse({"error": word}, status, headers={"cache-control": "no-store", **(headers or {})})

    async def away(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
            # Closing before accepting is answered with 403.
            return await send({"type": "websocket.close", "code": 1008})
        return await answer(scope, receive, send)

    return away
