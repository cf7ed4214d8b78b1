"""What this machine offers: cores, memory, the device that computes, and what follows for training."""
