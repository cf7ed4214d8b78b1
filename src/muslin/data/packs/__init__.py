"""Packs: the pictures of a folder decoded once, into plain NumPy files that are mapped, not read."""
