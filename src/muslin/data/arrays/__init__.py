"""From arrays as people have them to pictures (N, C, H, W) uint8 and labels (N,) int64."""
