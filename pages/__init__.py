"""Everything a browser or a terminal can reach."""
