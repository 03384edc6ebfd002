"""Which runs: what one command asks for, from the words that a person types to a plan of cases and replicates."""
