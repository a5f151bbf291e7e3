"""What other rooms need to say of a round.

May import: `parts`, `menu`, `server`.
Begin with: `chosen` (the round a page is about).
"""
