"""F1: one outcome of one case."""
