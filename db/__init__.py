"""How it is kept: tables, engine and migrations. Imports nothing of ours.

May import: SQLAlchemy, SQLModel, Alembic.
Begin with: `tables`, then `engine`.
"""
