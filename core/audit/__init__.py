"""What anybody can check without us: bundles, their recount, a board watched from outside. Pure: no database.

May import: the ground, `ballots`, `counting`, `trust`.
Begin with: `recount`.
"""
