"""What normalisation and rectifiers need: sums a channel, and arithmetic element by element."""
