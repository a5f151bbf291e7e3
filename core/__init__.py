"""What Glas knows: no Streamlit, no HTTP, no wording. The files beside the packages are the ground.

May import: db, and in the order of `tests/house/test_rooms.py` the packages before.
Begin with: `rounds`, then `voting`.
"""
