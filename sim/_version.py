"""The version of the distribution, where everything can read it without loading anything else."""

__version__ = "0.1.0"
__date__ = "2026-11-30"
"""Day of this version. What is handed on is dated by it: the clock's day would make each copy another one."""
