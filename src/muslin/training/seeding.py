"""Random choices inside a model, such as dropout's, as a function of seed, step and process.

So a resumed run needs no generator's state: step 1,000 draws the same numbers whatever went before.
"""

import torch

__all__ = ["reseed"]

PRIMES = (1_000_003, 8_191)


def reseed(seed: int, step: int, rank: int) -> None:
    """Starts PyTorch's own generators anew for a step; cheap enough to be called before each."""
    value = (seed * PRIMES[0] + step) * PRIMES[1] + rank
    torch.default_generator.manual_seed(value)
    if torch.cuda.is_initialized():
        torch.cuda.manual_seed(value)
