"""F2: several cases beside the first."""
