"""What a stranger meets first: home, rules, about, privacy, and the pages that stand in for others.

May import: `parts`, `server`, `rounds`, `ideas`, `codes`, `tally`, `voting`, `results`.
Begin with: `home_page`.
"""
