"""Live figures: as JSON once a second, and on a page.

May import: `parts`, `server`, `rounds`.
Begin with: `figures`.
"""
