"""Train a model: one plain loop, and what it needs."""
