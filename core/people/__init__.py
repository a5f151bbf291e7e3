"""Accounts, passwords, sign-ins, roles. Several nouns, so it is used by module: `people.sessions.actor_of`.

May import: the ground, `trust`.
Begin with: `accounts`, then `sessions`.
"""
