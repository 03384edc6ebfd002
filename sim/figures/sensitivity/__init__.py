"""F4: which inputs matter."""
