"""Files for machines: bundle, results, elections.

May import: `parts`, `server`, `rounds`, `results`.
Begin with: `files_route`.
"""
