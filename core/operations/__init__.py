"""Keeping a server: everything at one moment, in one file, and back.

May import: the ground, `trust`.
Begin with: `backups`.
"""
