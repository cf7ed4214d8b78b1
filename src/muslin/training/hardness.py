"""Remember how hard each training picture was, so that an epoch can leave out those that teach little.

A picture that was last seen with a low loss hardly moves the weights, and costs as much as any other. Leaving such
pictures out of most epochs is selective back-propagation without its extra forward pass (Jiang et al., "Accelerating
Deep Learning by Focusing on the Biggest Losers", 2019, 1910.00762), for the losses of the epoch before are there
already (as in Qin et al., "InfoBatch", 2024, 2303.04947).

Legend: N training pictures, B pictures of a batch.
"""

import torch
from torch import Tensor

from muslin.distributed.world import ALONE, World

__all__ = ["Hardness"]

NOT_SEEN = -torch.inf


class Hardness:
    """Each picture's loss when it was last seen: one that was never seen counts as hard.

    Args:
        count: N.
        skipped: share of the pictures to leave out, in [0, 1).
        device: the device that trains.
        world: the processes that train together, each of which sees its parts of the batches.
    """

    def __init__(self, count: int, skipped: float, device: torch.device, world: World = ALONE) -> None:
        self.skipped, self.world = skipped, world
        self.known = torch.full((count,), torch.inf, device=device)  # when last seen, before this epoch
        self.fresh = torch.full((count,), NOT_SEEN, device=device)  # in this epoch

    def note(self, indices: Tensor, losses: Tensor) -> None:
        """Takes in the (B,) losses of the pictures `indices`; of one that comes twice in an epoch, the higher."""
        if self.skipped:
            self.fresh.scatter_reduce_(0, indices.to(self.fresh.device), losses, "amax")

    def hardest(self) -> Tensor:
        """Returns which pictures are not among the easiest by what was known when the epoch began: (N,) bool."""
        easiest = self.known.argsort(stable=True)[: int(self.skipped * len(self.known))]
        is_hard = torch.ones_like(self.known, dtype=torch.bool)
        is_hard[easiest] = False
        return is_hard

    def end_epoch(self) -> None:
        """Lets what the epoch showed decide about the next."""
        if self.skipped:
            fresh = self._fresh_of_all()
            self.known = torch.where(fresh > NOT_SEEN, fresh, self.known)
            self.fresh.fill_(NOT_SEEN)

    def tensors(self) -> dict[str, Tensor]:
        """Returns what training goes on from, by name; to be asked for by all processes at once."""
        return {"known": self.known, "fresh": self._fresh_of_all()} if self.skipped else {}

    def resume(self, tensors: dict[str, Tensor]) -> None:
        """Takes up what `tensors` gave."""
        if tensors:
            self.known, self.fresh = (tensors[name].to(self.known.device) for name in ("known", "fresh"))

    def _fresh_of_all(self) -> Tensor:
        """Returns what all processes together saw in this epoch: (N,)."""
        if self.world.size == 1:
            return self.fresh
        rows = torch.zeros(self.world.size, len(self.fresh))
        rows[self.world.rank] = self.fresh.cpu()
        return self.world.sum(rows).amax(0).to(self.fresh.device)
