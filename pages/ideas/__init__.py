"""Ideas and projects: read, written, reviewed, put on the ballot.

May import: `parts`, `server`, `rounds`.
Begin with: `ideas_page`.
"""
