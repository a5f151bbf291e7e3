"""How it is kept: tables, engine and migrations."""
