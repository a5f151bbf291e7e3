"""Texts that people write: one text in as many languages as somebody has written it in.

Kept as JSON in one column, so that a language more is no column more. Texts stand in no commitment and in no
fingerprint: what is checked are codes, costs and ballots.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.letters import clean, shows, trimmed

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
    # Set where the words are hidden from who asks: why. Then there are no pairs.
    hidden: Hidden | None

    def __init__(self, words: Mapping[str, str] | None = None, /, **more: str) -> None:
        """Take the words by language: `Texts(bg="Глас", en="Glas")`, or as they stand in a column."""
        told = {**(words or {}), **more}
        object.__setattr__(self, "pairs", tuple(sorted((each, text) for each, text in told.items() if shows(text))))
        object.__setattr__(self, "hidden", None)

    @classmethod
    def hidden_for(cls, reason: Texts, name: str = "") -> Texts:
        """Return texts whose words are hidden, with the public reason; `name`: what they are the words of."""
        made = cls()
        object.__setattr__(made, "hidden", Hidden(reason, name))
        return made

    @property
    def words(self) -> dict[str, str]:
        """Return the words by language, as a column keeps them."""
        return dict(self.pairs)

    def exactly(self, language: str) -> str:
        """Return the text in one language, "" where there is none."""
        return next((text for each, text in self.pairs if each == language), "")

    def spoken(self, language: str, then: str = DEFAULT) -> str:
        """Return the language that `in_` answers in: the one asked for, else `then`, else any."""
        return next(
            (each for each in (language, then) if self.exactly(each)), self.pairs[0][0] if self.pairs else language
        )

    def in_(self, language: str, then: str = DEFAULT) -> str:
        """Return the text in a language, else in `then` – the town's own –, else in any; "" where there is none."""
        return self.exactly(self.spoken(language, then))

    def trimmed(self) -> Texts:
        """Return the texts trimmed, each by itself; those that are hidden as they are."""
        return self if self.hidden else Texts({language: trimmed(text) for language, text in self.pairs})

    def __or__(self, other: Texts | Mapping[str, str]) -> Texts:
        """Return these texts with `other` in place of what is there in the same languages; "" removes one.

        Texts that are hidden stay hidden unless words are put in their place.
        """
        made = Texts({**self.words, **(other.words if isinstance(other, Texts) else other)})
        return self if self.hidden and not made else made

    def __bool__(self) -> bool:
        """Return whether there is any text, be it hidden."""
        return bool(self.pairs) or self.hidden is not None


@dataclass(frozen=True, slots=True)
class Hidden:
    """That words are hidden: the public reason, and – where several may be – the name of what they stand on."""

    reason: Texts
    name: str = ""


NO_TEXT = Texts()


def told(given: Texts | str, language: str) -> Texts:
    """Return texts as they are, and bare words as texts in `language`."""
    return given if isinstance(given, Texts) else Texts({language: given})


def cleaned(value: Any) -> Any:
    """Return a value as JSON knows them – texts, lists and objects in each other – with every text in it clean."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {cleaned(name): cleaned(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(cleaned, value))
    return value
