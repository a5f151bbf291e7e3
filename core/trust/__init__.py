"""What makes the vote trustworthy: keys outside the database and slots without a name."""

from core.trust._logs import Log, forget, keep

__all__ = [
    "Log",
    "forget",
    "keep",
]
