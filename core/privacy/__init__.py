"""What is kept of people, shown to them, taken away, forgotten.

May import: the ground, `people`, `ideas`, `voting`, `codes`.
Begin with: `declaration`.
"""
