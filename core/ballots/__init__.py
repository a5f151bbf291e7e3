"""What a ballot is, one entry a type. Pure: no database, no settings.

May import: the ground.
Begin with: `types.TYPES`.
"""
