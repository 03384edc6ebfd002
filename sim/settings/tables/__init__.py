"""The register of settings, one module a config group; the theories bring their own rows (sim/model/withdrawal)."""
