"""The organiser's studio: a round set up, from nothing or from a file, and the areas and topics of the town.

May import: `parts`, `server`, `rounds`, `front`.
Begin with: `studio_page`, then `editor`.
"""
