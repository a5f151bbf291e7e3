"""Codes made, handed out, entered; the help desk.

May import: `parts`, `server`, `rounds`.
Begin with: `codes_page`.
"""
