"""Decode picture files: one carefully, plain ones fast, many at once."""
