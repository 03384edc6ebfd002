"""The verbs of ``tabletop``, one module each, loaded when typed."""
