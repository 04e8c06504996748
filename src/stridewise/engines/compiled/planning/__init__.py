"""What there is to compute, axis by axis, and which algorithm will do it."""
