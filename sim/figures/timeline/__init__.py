"""F5: one case in time."""
