"""For councils: brief and protocol, on screen and on paper.

May import: `parts`, `server`, `rounds`, `results`.
Begin with: `brief_page`, `protocol`.
"""
