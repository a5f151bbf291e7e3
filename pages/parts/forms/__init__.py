"""Fields of forms, each with what is wrong with it beneath.

Forms for everyone keep their values under `form-name` and draw a field a call (`lines`); those of staff, which start
from what is kept and may be locked, are `Fields`.

May import: the other parts, the errors of core.
Begin with: `line` for everyone, `Fields` for staff.
"""

from pages.parts.forms.fields import Choice, Fields, fields_of_languages, in_words, name_in, name_of
from pages.parts.forms.lines import line, needed, password, problems, refuse, say, spoken, told_apart

__all__ = [
    "Choice",
    "Fields",
    "fields_of_languages",
    "in_words",
    "line",
    "name_in",
    "name_of",
    "needed",
    "password",
    "problems",
    "refuse",
    "say",
    "spoken",
    "told_apart",
]
