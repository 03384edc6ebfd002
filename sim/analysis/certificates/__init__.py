"""What findings survive: each lived again under what must not matter, and under what may."""
