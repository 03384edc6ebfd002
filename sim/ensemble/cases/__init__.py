"""Which worlds: a case is one complete set of settings, with its table of events."""
