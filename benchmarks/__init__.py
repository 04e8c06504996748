"""What ``stridewise bench`` does not measure: engines beside one another, whole networks."""
