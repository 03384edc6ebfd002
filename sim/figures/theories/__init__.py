"""F6: where the theories agree."""
