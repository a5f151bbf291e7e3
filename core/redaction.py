"""Redaction: what must not stand in a log is taken out of every line before it is written."""

import logging
import re
from ipaddress import ip_address

from core.addresses import truncated

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
_ADDRESS = re.compile(
    r"(?<![\w.:/])(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}\]?)(?![\w.]|/\d)"
)


def clean(text: str) -> str:
    """Return a line without tokens, codes, passwords and mail addresses, its network addresses truncated."""
    text = _OTPAUTH.sub(HIDDEN, text)
    text = _PLACES.sub(lambda found: found[1] + HIDDEN, text)
    for form in (_TOKEN, _CODE, _MAIL):
        text = form.sub(HIDDEN, text)
    return _ADDRESS.sub(lambda found: _network(found[0]), text)


class Redacting(logging.Filter):
    """Cleans every line, its traceback included. Put it on handlers, so that the lines of all loggers pass it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean the record in place and let it through."""
        record.msg, record.args = clean(record.getMessage()), None
        if record.exc_info:
            record.exc_text = clean(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        elif record.exc_text:
            record.exc_text = clean(record.exc_text)
        return True


def _network(found: str) -> str:
    network = truncated(found)
    if not network:
        return found
    # This computer itself tells nothing of anybody.
    return found if ip_address(found.strip("[]")).is_loopback else network
