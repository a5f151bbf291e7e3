"""Moderation: words that break the rules are hidden, accounts erased on request by two organisers.

May import: `parts`, `rounds`, `ideas`.
Begin with: `moderation_page`.
"""
