"""What the public does not see: hide words, show them again. Used by its name: `moderation.hide_idea`.

What is hidden of a thing is read in `core.hidden`; reports, queues and the like have their place here.
May import: the ground, `people`, `rounds`, `ideas` and what stands before them.
Begin with: `_hiding`.
"""

from core.moderation._hiding import (
    REASON,
    HiddenWords,
    hidden_words,
    hide_idea,
    hide_name,
    hide_project,
    hide_review,
    show_again,
)

__all__ = [
    "HiddenWords",
    "REASON",
    "hidden_words",
    "hide_idea",
    "hide_name",
    "hide_project",
    "hide_review",
    "show_again",
]
