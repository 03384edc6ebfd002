"""F7: why an officer, or the force, left."""
