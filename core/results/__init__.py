"""Counted, kept, published, handed out. Used by its name: `results.result`.

May import: the ground, `counting`, `audit`, `closing`, `tally`.
Begin with: `_counting`.
"""

from core.results._counting import Result, count_round, counts_votes, publish, published, result, result_of

__all__ = [
    "Result",
    "count_round",
    "counts_votes",
    "publish",
    "published",
    "result",
    "result_of",
]
