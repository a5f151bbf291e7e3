"""How many files this process may open, and how many open pages that makes."""

from __future__ import annotations

from contextlib import suppress

try:
    import resource
except ImportError:  # pragma: no cover - a system without this limit
    resource = None  # type: ignore[assignment]

# As many as a process of ours can use.
WANTED = 16_384
# Database, keys, assets, requests – and 128 pages that were closed, which Streamlit keeps for two minutes.
KEPT, OF_CLOSED = 220, 128 * 3
# A connection, and the event loop that Streamlit gives to each open page.
OF_A_PAGE = 4
# So many pages are too few for a town.
ENOUGH = 400


def most() -> int:
    """Return how many files may be open at once."""
    if resource is None:
        return WANTED
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return WANTED if soft == resource.RLIM_INFINITY else int(soft)


def raise_limit() -> int:
    """Raise the limit as far as the system lets us, and return how many files may be open then."""
    if resource is None:
        return WANTED
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # A system may say one thing and mean another.
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return most()


def pages() -> int:
    """Return how many pages may be open at once."""
    return max(20, (most() - KEPT - OF_CLOSED) // OF_A_PAGE)
