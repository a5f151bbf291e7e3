"""Redaction: what must not stand in a log is taken out of every line before it is written."""

import logging
import re
import sys
import threading
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from types import TracebackType
from typing import Any

HIDDEN = "[…]"


# In this order: what is named by its place first, then what is told by its form.
_PLACES = re.compile(
    r"(?i)((?:glas|__host-glas|link|token|ticket|code|invitation|password|recovery|secret|otpauth)"
    r"[\"']?\s*[=:]\s*[\"']?)(?!//)[^\s\"'&;,)}]+"
)

_OTPAUTH = re.compile(r"otpauth://\S+")

# A token of 32 bytes in base64 (a ticket has 24), a participation or recovery code in groups, a key or digest in hex.
_TOKEN = re.compile(r"(?<![\w-])[\w-]{32,}(?![\w-])")

_CODE = re.compile(
    r"(?<![0-9A-Za-z])[2-9A-HJKMNP-Za-hjkmnp-z]{5}(?:-[2-9A-HJKMNP-Za-hjkmnp-z]{5,6}){1,3}(?![0-9A-Za-z])"
)

_MAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")

# A receipt's number: with the minute of its line it would tell who voted when.
_NUMBER = re.compile(r"(?<![\w-])\d{1,4}-[^\W\d_]{2,12}-\d{1,4}-[^\W\d_]{2,12}(?![\w-])")

# Where a database quotes the row that it refuses, up to whatever follows the message; a row may hold line breaks.
_ROWS = re.compile(
    r"(?s)(Failing row contains \(|Key \([^\n]*?\)=\(|\n[^\W\d_]+ ?:  |\[parameters: |with parameters: "
    r"|invalid input syntax for [\w ]+: ).*?(?=\n\[SQL: |\n\(Background on this error|\n\nThe above exception|"
    r"\n\nDuring handling|\nTraceback \(most recent call last\)|\Z)"
)

# Long parts of a path may be the key to something: ids of sessions and files, proofs, tickets.
_KEYS = re.compile(r"[^/]{25,}")

_ADDRESS = re.compile(
    r"(?<![\w.:/])(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}\]?)(?![\w.]|/\d)"
)


_formatter = logging.Formatter()


# A household or a school, not a device.
_V4, _V6 = 24, 48


def clean(text: str) -> str:
    """Return a line without tokens, codes, passwords, mail addresses and rows, its network addresses truncated."""
    text = _ROWS.sub(lambda found: found[1] + HIDDEN, text)
    text = _OTPAUTH.sub(HIDDEN, text)
    text = _PLACES.sub(lambda found: found[1] + HIDDEN, text)
    for form in (_TOKEN, _CODE, _NUMBER, _MAIL):
        text = form.sub(HIDDEN, text)
    return _ADDRESS.sub(lambda found: _network(found[0]), text)


def of_path(path: str) -> str:
    """Return a path as a log tells it: on one line, and without what could be a key."""
    plain = "".join(letter if letter.isprintable() and letter != '"' else "?" for letter in path[:200])
    return _KEYS.sub("…", plain)


def of_address(address: str) -> str:
    """Return the network an address lies in: 192.0.2.0/24 for 192.0.2.17; "-" if it is none."""
    return truncated(address) or "-"


class Cleaned(logging.LogRecord):
    """A line of a log that has been cleaned, its traceback included, whichever logger it comes from."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Keep the line, and of its exception only the cleaned text."""
        super().__init__(*given, **named)
        if self.exc_info:
            self.exc_text, self.exc_info = clean(_formatter.formatException(self.exc_info)), None
        if self.stack_info:
            self.stack_info = clean(self.stack_info)

    def getMessage(self) -> str:
        """Return the cleaned line."""
        try:
            told = super().getMessage()
        except Exception:  # noqa: BLE001 - logging itself would then print the parts as they are
            told = f"{self.msg} (its parts do not fit)"
        return clean(told)


def install() -> None:
    """Have every line that this process logs from now on cleaned, and what nobody catches logged instead of printed.

    Handlers and their filters would not do: libraries bring handlers of their own at any time.
    """
    logging.setLogRecordFactory(Cleaned)
    # A handler that fails would print the parts of its line as they are.
    logging.raiseExceptions = False
    logging.captureWarnings(True)
    root = logging.getLogger()
    if not root.handlers:
        written = logging.StreamHandler()
        written.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s", "%Y-%m-%d %H:%M"))
        root.addHandler(written)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda found: _uncaught(found.exc_type, found.exc_value, found.exc_traceback)
    threading.excepthook = lambda found: _uncaught(found.exc_type, found.exc_value, found.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None = None) -> None:
    if not issubclass(kind, KeyboardInterrupt | SystemExit):
        logging.getLogger("glas.errors").critical("Nobody caught this", exc_info=(kind, error or kind(), traceback))


def _network(found: str) -> str:
    network = truncated(found)
    if not network:
        return found
    # This computer itself tells nothing of anybody.
    return found if ip_address(found.strip("[]")).is_loopback else network


def truncated(address: str) -> str:
    """Return the network that an address is in, like 203.0.113.0/24; "" where it is none."""
    found = _read(address)
    if found is None:
        return ""
    return str(ip_network((found, _V4 if isinstance(found, IPv4Address) else _V6), strict=False))


def network(address: str) -> str:
    """Return the network that somebody comes from; "" where that is not known.

    What comes from this computer comes from a web server that does not say who asked: a whole town, and no network.
    """
    found = _read(address)
    return "" if found is None or found.is_loopback else truncated(address)


def _read(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    # An IPv4 address in the clothes of IPv6 is one all the same, or all of them would share one network.
    return getattr(found, "ipv4_mapped", None) or found
