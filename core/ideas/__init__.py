"""What residents submit, until it stands on the ballot. Used by its name: `ideas.idea`.

May import: the ground, `rounds` and what stands before it.
Begin with: `_proposing`, then `reviews` and `projects`.
"""

from core.ideas._finding import Idea, IdeaStatus, idea, ideas, mine, redacted
from core.ideas._proposing import LENGTHS, draft, faults, revise, save_draft, sent, submit, withdraw

__all__ = [
    "Idea",
    "IdeaStatus",
    "LENGTHS",
    "draft",
    "faults",
    "idea",
    "ideas",
    "mine",
    "redacted",
    "revise",
    "save_draft",
    "sent",
    "submit",
    "withdraw",
]
