"""A result told: what, why, what else.

May import: `parts`, `server`, `rounds`, `closing`, `tally`, `ideas`.
Begin with: `results_page`, then `telling`.
"""
