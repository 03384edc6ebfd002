"""What a bank of prior runs says: the unknowns, the theories, and whether the method can be trusted."""
