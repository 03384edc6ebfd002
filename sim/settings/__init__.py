"""Settings: what can be varied, what is known about each, and how Hydra's words become checked values."""
