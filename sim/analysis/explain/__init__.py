"""Why: one run lived again, where two runs part, which cause drives exits."""
