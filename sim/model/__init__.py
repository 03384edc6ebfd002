"""The world as arrays, and one day of it. NumPy only: no Hydra, pandas, Mesa, files or plots."""

MODEL_VERSION = 5
"""Raised by hand when numbers change on purpose; a golden digest in the tests notices when they change by accident."""
