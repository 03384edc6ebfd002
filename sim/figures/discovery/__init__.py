"""F11: in which worlds an outcome comes about."""
