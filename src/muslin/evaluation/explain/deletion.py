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
def deletion_curve(
    classifier: Classifier, images: Tensor, attribution: Attribution, *, steps: int = PATCHES**2, seed: int = 0
) -> DeletionCurve:
    """Blanks 7 x 7 patches with the training pictures' mean, the most important first, and asks the model at each step.

    Args:
        classifier: any; its mode stays.
        images: (B, C, H, W) uint8 of the size that the classifier takes; B >= 1.
        attribution: their maps, and the classes that these explain.
        steps: S, from 1 on; more than there are patches are not taken.
        seed: of the random orders, different ones for each picture; patches of equal importance go in the first, too.

    Raises:
        SettingError: there is no picture or step, or pictures and maps do not fit each other or the classifier.
    """
    check_pictures(classifier, images)
    check_classes(classifier, images, attribution.classes)
    if not len(images) or attribution.maps.shape != (len(images), *images.shape[2:]):
        raise SettingError(
            f"pictures are {tuple(images.shape)}, and maps {tuple(attribution.maps.shape)}; one map of the same size "
            "for each picture is needed, and at least one picture"
        )
    if steps < 1:
        raise SettingError(f"steps is {steps}; at least 1 is needed")
    patches = patch_of_pixels(*images.shape[2:])  # (H, W)
    sizes = patches.flatten().bincount()
    count = len(sizes)
    noise = torch.rand(DRAWS, len(images), count, generator=torch.Generator().manual_seed(seed))
    importance = torch.zeros(len(images), count).index_add_(1, patches.flatten(), attribution.maps.flatten(1)) / sizes
    blank = torch.linspace(0, count, min(steps, count) + 1).round()  # (S + 1,), how many patches are at each step
    by_map, *at_random = (
        fall(classifier, images, attribution.classes, order[:, patches], blank)
        for order in (places_of(importance + 1e-6 * noise[0]), *map(places_of, noise))
    )
    return DeletionCurve(blank / count, by_map, torch.stack(at_random).mean(0))


def patch_of_pixels(height: int, width: int) -> Tensor:
    """Returns the number of the patch that each pixel belongs to, (H, W) int64, from 0; all as equal as can be."""
    rows, columns = (torch.arange(side) * min(PATCHES, side) // side for side in (height, width))
    return rows[:, None] * min(PATCHES, width) + columns


def places_of(importance: Tensor) -> Tensor:
    """Returns each patch's place in the order of blanking, the most important one's being 0: (B, patches) int64."""
    return importance.argsort(1, descending=True).argsort(1)


def fall(classifier: Classifier, images: Tensor, classes: Tensor, places: Tensor, blank: Tensor) -> Tensor:
    """Returns the (S + 1,) mean probabilities of the classes as patches go by their (B, H, W) places in the order."""
    sums = torch.zeros(len(blank))
    with answering(classifier.model):
        for rows in torch.arange(len(images)).split(largest_batch(classifier)):
            whole = prepared(classifier, images[rows])
            for step, count in enumerate(blank):
                stays = (places[rows] >= count)[:, None].to(whole.device)  # normalised, the mean is 0
                sums[step] += probability(classifier, whole * stays, classes[rows]).sum()
    return sums / len(images)
