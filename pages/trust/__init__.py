"""The board, its proofs, what is guaranteed.

May import: `parts`, `server`, `rounds`, `voting`.
Begin with: `board_page`.
"""
