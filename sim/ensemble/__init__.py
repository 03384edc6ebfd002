"""Ensembles: which runs are wanted, where they are computed, and the store that keeps them."""
