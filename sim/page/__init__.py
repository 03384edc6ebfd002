"""The table in a browser: seats, forms and updates over a session of :mod:`sim.tabletop`, which decides everything."""
