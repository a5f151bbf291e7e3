"""Privacy: what is kept of people, why and until when, as values for a page in plain words."""

from db.declaration import DECLARED, Kept, Until, Whose, Why

__all__ = ["Kept", "Until", "Whose", "Why", "about_people", "declared"]


def declared() -> tuple[Kept, ...]:
    """Return every column that is kept, table by table."""
    return DECLARED


def about_people() -> tuple[Kept, ...]:
    """Return the columns that say something about a person, openly or with a key."""
    return tuple(each for each in DECLARED if each.whose in (Whose.personal, Whose.pseudonym, Whose.keyed))
