"""From ballots to an allocation: nouns, rules, .pb files, what a result means. Pure: no database.

May import: the ground, `ballots`.
Begin with: `election` (the nouns), then `rules`.
"""
