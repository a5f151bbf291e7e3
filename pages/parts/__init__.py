"""What every room draws with: no noun of the town in here.

May import: the ground of core.
Begin with: `visit` (who is looking), then `templates`.
"""
