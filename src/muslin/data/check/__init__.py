"""Is the data fine? Look at every picture before any training."""
