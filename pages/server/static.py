"""Files that are compressed once and then answered from memory: Streamlit's scripts and styles, and our assets."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pages.assets import ASSETS

try:
    import brotli  # type: ignore[import-untyped]
except ImportError:  # pragma: no cover - browsers then get gzip
    brotli = None

PUBLIC = frozenset({".css", ".svg", ".png", ".woff2", ".js", ".txt", ".webp", ".ico"})
SQUEEZED = frozenset({".css", ".js", ".svg", ".html", ".txt", ".json"})
_SYMBOLS = re.compile(r"@font-face\{font-family:[\"']?Material Symbols Rounded[^}]*(?=\})")
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class File:
    """A file in memory, as it is and compressed."""

    body: bytes
    kind: str
    etag: str
    packed: dict[str, bytes]

    def size(self) -> int:
        """Return how many bytes of memory it takes."""
        return len(self.body) + sum(map(len, self.packed.values()))

    def answer(self, request: Headers, caching: str) -> Response:
        """Return the answer that the browser accepts: 304, brotli, gzip or plain."""
        headers = {"cache-control": caching, "etag": self.etag, "vary": "Accept-Encoding"}
        if self.etag in request.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        accepted = request.get("accept-encoding", "")
        for encoding, packed in self.packed.items():
            if encoding in accepted:
                return Response(packed, media_type=self.kind, headers=headers | {"content-encoding": encoding})
        return Response(self.body, media_type=self.kind, headers=headers)


def pack(body: bytes, kind: str, *, worth: bool) -> File:
    """Return `body` as a file in memory; `worth`: compress it."""
    packed: dict[str, bytes] = {}
    if worth and len(body) > 500:
        if brotli is not None:
            packed["br"] = brotli.compress(body, quality=9)
        packed["gzip"] = gzip.compress(body, 9, mtime=0)
    return File(body, kind, f'"{hashlib.sha256(body).hexdigest()[:20]}"', packed)


@cache
def load(path: Path) -> File:
    """Return a file of the disk; it is read and compressed once in the life of the process."""
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return pack(path.read_bytes(), kind, worth=path.suffix in SQUEEZED)


@cache
def load_style(path: Path) -> File:
    """Return a style sheet of Streamlit, in which its face of symbols no longer covers the space.

    Streamlit asks for that face at the start, "for a space", whether or not a symbol will follow: 375 KB. Browsers pass
    over faces that do not cover what is asked for, so it now comes when the first symbol of it is drawn.
    """
    text = path.read_text("utf-8")
    text = _SYMBOLS.sub(r"\g<0>;unicode-range:U+30-39,U+5F,U+61-7A", text)
    return pack(text.encode(), "text/css", worth=True)


@cache
def version(name: str) -> str:
    """Return the address of an asset with its version, so that browsers may keep it for ever."""
    return f"/assets/{name}?v={load(ASSETS / name).etag.strip(chr(34))[:10]}"


def inside(folder: Path, name: str) -> Path | None:
    """Return the file `name` below `folder`, None if it is not there or lies elsewhere."""
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None


class Static:
    """Answers GET /static/js/…, /static/css/… and /assets/… from memory."""

    def __init__(self, app: ASGIApp, *, streamlit: Path) -> None:
        """Wrap `app`; `streamlit` is the folder of Streamlit's own page."""
        self.app = app
        self.streamlit = streamlit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass the request on."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return await self.app(scope, receive, send)
        path = scope["path"]
        found, caching = None, FOREVER
        if path.startswith(("/static/js/", "/static/css/")):
            found = inside(self.streamlit, path[1:])
        elif path.startswith("/assets/"):
            found = inside(ASSETS, path.removeprefix("/assets/"))
            if found is None or found.suffix not in PUBLIC or "components" in found.parts:
                found = None
            elif b"v=" not in scope.get("query_string", b"") and found.suffix != ".woff2":
                caching = "public, max-age=300"
        if found is None:
            return await self.app(scope, receive, send)
        file = await to_thread.run_sync(load_style if path.startswith("/static/css/") else load, found)
        return await file.answer(Headers(scope=scope), caching)(scope, receive, send)
