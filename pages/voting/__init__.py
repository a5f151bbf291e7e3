"""The ballot: filled in, sent, received.

May import: `parts`, `server`, `rounds`, `ideas`, `codes`, `tally`.
Begin with: `ballot`, then `ballot_route`.
"""
