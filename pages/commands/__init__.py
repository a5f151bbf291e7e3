"""The subcommands of `glas`, one a module, named like the command.

May import: core, `parts`.
Begin with: `serve`.
"""
