"""The table that a benchmark prints: figures, ratios, limits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `ratio` compares it with another one of the same run, `limit` holds for the ratio if there is one.

    `least` is a limit from below, for what shall be many.
    """

    name: str
    value: float | None
    unit: str
    ratio: float | None = None
    to: str = ""
    limit: float | None = None
    note: str = ""
    least: float | None = None

    @property
    def missed(self) -> bool:
        """Return whether the limit is missed; what was not measured is not."""
        measured = self.value if self.ratio is None else self.ratio
        if measured is None:
            return False
        return (self.limit is not None and measured > self.limit) or (self.least is not None and measured < self.least)

    def cells(self) -> tuple[str, ...]:
        """Return the row as text."""
        value = "–" if self.value is None else f"{self.value:,.{0 if self.value >= 100 else 2}f} {self.unit}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} × {self.to}"
        sign = "" if self.ratio is None else " ×"
        bound = self.least if self.limit is None else self.limit
        than = "≤" if self.limit is not None else "≥"
        limit = "" if bound is None else f"{than} {bound:,g}{sign or f' {self.unit}'}"
        verdict = self.note or ("MISSED" if self.missed else "ok" if bound is not None else "")
        return self.name, value, ratio, limit, verdict


def render(rows: list[Row]) -> str:
    """Return the table as text."""
    cells = [("", "measured", "ratio", "limit", ""), *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(
            text.ljust(width) if place in (0, 4) else text.rjust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])
