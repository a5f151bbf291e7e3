"""The subcommands of `glas`, one a module."""
