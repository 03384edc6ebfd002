"""Looking after a store: whether it is what it was, and what is missing."""
