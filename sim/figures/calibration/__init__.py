"""F9: what the record tells: each unknown before and after it, and how compatible each theory is with it."""
