"""What makes the vote trustworthy: keys outside the database and slots without a name.

May import: the ground.
Begin with: `slots` and `sealing`, then `board`.
"""

from core.trust._logs import Log, forget, keep

__all__ = [
    "Log",
    "forget",
    "keep",
]
