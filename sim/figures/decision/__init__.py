"""F10: one option beside the branch not taken."""
