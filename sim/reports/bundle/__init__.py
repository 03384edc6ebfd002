"""A bundle: one file with everything that a result rests on, which is the same wherever it is made, and is checked."""
