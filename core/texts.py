"""Texts that people write: one text in as many languages as somebody has written it in.

Kept as JSON in one column, so that a language more is no column more. Texts stand in no commitment and in no
fingerprint: what is checked are codes, costs and ballots.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.letters import shows, trimmed

# What a new town speaks; the first is its own language.
LANGUAGES = ("bg", "en")
DEFAULT = LANGUAGES[0]
# The language of the source, and of files for readers anywhere.
ENGLISH = "en"


@dataclass(frozen=True, slots=True, init=False)
class Texts:
    """One text by language; where one is missing another stands in. `pairs`: (language, words), none of them empty.

    A text of signs that nobody can see is empty.
    """

    pairs: tuple[tuple[str, str], ...]

    def __init__(self, words: Mapping[str, str] | None = None, /, **more: str) -> None:
        """Take the words by language: `Texts(bg="Глас", en="Glas")`, or as they stand in a column."""
        told = {**(words or {}), **more}
        object.__setattr__(self, "pairs", tuple(sorted((each, text) for each, text in told.items() if shows(text))))

    @property
    def words(self) -> dict[str, str]:
        """Return the words by language, as a column keeps them."""
        return dict(self.pairs)

    def exactly(self, language: str) -> str:
        """Return the text in one language, "" where there is none."""
        return next((text for each, text in self.pairs if each == language), "")

    def spoken(self, language: str, then: str = DEFAULT) -> str:
        """Return the language that `in_` answers in: the one asked for, else `then`, else any."""
        return next((each for each in (language, then) if self.exactly(each)), self.pairs[0][0] if self else language)

    def in_(self, language: str, then: str = DEFAULT) -> str:
        """Return the text in a language, else in `then` – the town's own –, else in any; "" where there is none."""
        return self.exactly(self.spoken(language, then))

    def trimmed(self) -> Texts:
        """Return the texts without spaces round them, and without zero characters, which PostgreSQL does not take."""
        return Texts({language: trimmed(text) for language, text in self.pairs})

    def __or__(self, other: Texts | Mapping[str, str]) -> Texts:
        """Return these texts with `other` in place of what is there in the same languages; "" removes one."""
        return Texts({**self.words, **(other.words if isinstance(other, Texts) else other)})

    def __bool__(self) -> bool:
        """Return whether there is any text."""
        return bool(self.pairs)


NO_TEXT = Texts()


def told(given: Texts | str, language: str) -> Texts:
    """Return texts as they are, and bare words as texts in `language`."""
    return given if isinstance(given, Texts) else Texts({language: given})
