"""Scripts that measure, and what they share: each writes a file of `results/`."""
