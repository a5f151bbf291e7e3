"""Rounds and ideas that come from elsewhere.

May import: the ground, `counting`, `rounds`, `ideas`, `tally`.
Begin with: `elections`.
"""
