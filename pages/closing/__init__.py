"""Two people close a round, step by step.

May import: `parts`, `server`, `rounds`.
Begin with: `closing_page`.
"""
