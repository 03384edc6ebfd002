"""What the runs say: summaries and scores computed from tables of runs, never stored with them."""
