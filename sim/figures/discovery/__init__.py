"""F10: in which worlds an outcome comes about."""
