"""Texts that people write in two languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Texts:
    """One text in Bulgarian and English; where one is missing the other stands in."""

    bg: str = ""
    en: str = ""

    def in_(self, language: str) -> str:
        """Return the text in "bg" or "en"."""
        first, second = (self.en, self.bg) if language == "en" else (self.bg, self.en)
        return first or second

    def __bool__(self) -> bool:
        """Return whether there is any text."""
        return bool(self.bg or self.en)


NO_TEXT = Texts()
