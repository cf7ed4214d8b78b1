"""What an explanation is worth: blank what it calls important, and watch the probability fall.

Petsiuk, Das and Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models", 2018, 1806.07421.

Legend: B pictures, H x W pixels, S patches.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from muslin.errors import SettingError
from muslin.evaluation.explain.attribution import Attribution
from muslin.evaluation.explain.occlusion import probability
from muslin.evaluation.explain.pictures import answering, check_classes, check_pictures, largest_batch, prepared
from muslin.prediction.classifier import Classifier

__all__ = ["DeletionCurve", "deletion_curve"]

DRAWS = 3  # random orders of each picture
PATCHES = 7  # beside each other on either side: single pixels blanked at random are noise, which ruins any answer


@dataclass(frozen=True)
class DeletionCurve:
    """How the probability of the explained class falls, on the mean over the pictures.

    Attributes:
        shares: (S + 1,) float32, the share of the patches that is blanked, from 0 to 1.
        by_map: (S + 1,) float32, the mean probability when the most important ones go first.
        at_random: (S + 1,) float32, when they go in a random order: the mean over three of them.
    """

    shares: Tensor
    by_map: Tensor
    at_random: Tensor

    @property
    def area(self) -> float:
        """The area under the curve of the map, in [0, 1]: the less, the more the map tells."""
        return float(torch.trapezoid(self.by_map, self.shares))

    @property
    def random_area(self) -> float:
        """The area under the curve of a random order, in [0, 1]."""
        return float(torch.trapezoid(self.at_random, self.shares))


@torch.no_grad()
def deletion_curve(classifier: Classifier, images: Tensor, attribution: Attribution, *, seed: int = 0) -> DeletionCurve:
    """Blanks 7 x 7 patches with the training pictures' mean, the most important first, and asks the model each time.

    Args:
        classifier: any; its mode stays.
        images: (B, C, H, W) uint8 of the size that the classifier takes; B >= 1.
        attribution: their maps, and the classes that these explain.
        seed: of the random orders, different ones for each picture; patches of equal importance go in the first, too.

    Raises:
        SettingError: there is no picture, or pictures and maps do not fit each other or the classifier.
    """
    check_pictures(classifier, images)
    check_classes(classifier, images, attribution.classes)
    if not len(images) or attribution.maps.shape != (len(images), *images.shape[2:]):
        raise SettingError(
            f"pictures are {tuple(images.shape)}, and maps {tuple(attribution.maps.shape)}; one map of the same size "
            "for each picture is needed, and at least one picture"
        )
    patches = patch_of_pixels(*images.shape[2:])  # (H, W)
    count = int(patches.max()) + 1
    noise = torch.rand(DRAWS, len(images), count, generator=torch.Generator().manual_seed(seed))
    sizes = patches.flatten().bincount(minlength=count)
    importance = torch.zeros(len(images), count).index_add_(1, patches.flatten(), attribution.maps.flatten(1)) / sizes
    by_map = fall(classifier, images, (importance + 1e-6 * noise[0])[:, patches], attribution.classes, count)
    at_random = [fall(classifier, images, each[:, patches], attribution.classes, count) for each in noise]
    return DeletionCurve(torch.linspace(0, 1, count + 1), by_map, torch.stack(at_random).mean(0))


def patch_of_pixels(height: int, width: int) -> Tensor:
    """Returns the number of the patch that each pixel belongs to, (H, W) int64, from 0; all as equal as can be."""
    rows, columns = (torch.arange(side) * min(PATCHES, side) // side for side in (height, width))
    return rows[:, None] * min(PATCHES, width) + columns


def fall(classifier: Classifier, images: Tensor, importance: Tensor, classes: Tensor, steps: int) -> Tensor:
    """Returns the (S + 1,) mean probabilities of the classes as patches go in the order of (B, H, W) importance."""
    ranks = importance.flatten(1).argsort(1, descending=True).argsort(1).view(importance.shape)  # 0 goes first
    pixels = ranks[0].numel()
    sums = torch.zeros(steps + 1)
    with answering(classifier.model):
        for rows in torch.arange(len(images)).split(largest_batch(classifier)):
            whole = prepared(classifier, images[rows])
            for step in range(steps + 1):
                stays = (ranks[rows] >= step * pixels / steps)[:, None].to(whole.device)  # normalised, the mean is 0
                sums[step] += probability(classifier, whole * stays, classes[rows]).sum()
    return sums / len(images)
