"""Who did what, in words.

May import: `parts`, `rounds`.
Begin with: `journal_page`.
"""
