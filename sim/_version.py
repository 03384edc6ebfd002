"""The version of the distribution, where everything can read it without loading anything else."""

__version__ = "0.1.0"
