"""Where a request comes from: requests that change something, and every websocket, must come from our own pages."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request

from core.settings import settings


def host_allowed(host: str) -> bool:
    """Return whether the server may be called by this name; a stranger's name that leads here is refused."""
    if host.lower() == urlsplit(settings().url).netloc.lower():
        return True
    # Where only this computer can reach the server, any of its own names will do.
    return settings().loopback and _is_loopback(host)


def origin_allowed(origin: str, host: str) -> bool:
    """Return whether a page at `origin` is one of ours; on one computer any of its own names will do."""
    if origin.lower() == settings().url.lower():
        return True
    return settings().loopback and origin == f"http://{host}" and _is_loopback(host)


def same_origin(request: Request) -> bool:
    """Return whether our own page sent this request: by Sec-Fetch-Site, in older browsers by Origin."""
    return headers_same_origin(request.headers)


def headers_same_origin(headers: Headers) -> bool:
    """Return the same for bare headers. Without either header the sender is no browser page of ours."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin is not None and origin_allowed(origin, headers.get("host", ""))


def _is_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
