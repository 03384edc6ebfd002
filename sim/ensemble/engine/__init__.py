"""Stepping: blocks of runs, their luck by address, and what is noted of them."""
