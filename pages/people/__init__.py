"""Joining, signing in, my page, the team.

May import: `parts`, `server`, `rounds`, `codes`.
Begin with: `join_page`, then `account_page`.
"""
