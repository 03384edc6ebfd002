"""F3: where two settings tip an outcome."""
