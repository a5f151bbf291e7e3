"""How it is kept: tables, engine and migrations. Imports nothing of ours."""
