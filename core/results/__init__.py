"""Counted, kept, published, handed out. Used by its name: `results.result`.

May import: the ground, `counting`, `audit`, `closing`, `tally`.
Begin with: `_counting`.
"""

from core.results._counting import (
    Counted,
    Result,
    ToCount,
    all_published,
    count_round,
    counts_votes,
    publish,
    published,
    result,
    result_of,
    to_count,
    work_out,
)

__all__ = [
    "Counted",
    "Result",
    "ToCount",
    "all_published",
    "count_round",
    "counts_votes",
    "publish",
    "published",
    "result",
    "result_of",
    "to_count",
    "work_out",
]
