"""The demo town: people, rounds and ballots that nobody cast.

May import: all of core but `privacy` and `operations`.
Begin with: `town`.
"""
