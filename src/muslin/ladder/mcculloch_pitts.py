"""A net of McCulloch-Pitts neurons, wired by hand: 98 lines that are on or off, and absolute inhibition.

Legend: N pictures of 28 x 28 pixels, cut into 7 x 7 cells of 4 x 4.
"""

import numpy as np
from numpy.typing import NDArray

from muslin.ladder.garments import GARMENTS, grey_pictures
from muslin.ladder.rung import Images, Labels, Rung
from muslin.textbook.neuron import McCullochPitts, McCullochPittsNet

__all__ = ["McCullochPittsRung"]

LIT = 50  # mean of a cell that has something in it
SOLID = 20  # darkest pixel of a cell that is covered altogether
OTHERWISE = "shirt"  # the garment that looks like all others

# A neuron is drawn on the picture: on the left the lines that are on where a cell is lit, on the right those where it
# is solid. + excites, - inhibits absolutely, . is not wired. The number is the threshold. The first that fires wins.
WIRING = (
    # low, with nothing above the toe and nothing below the sole
    (
        "sneaker",
        12,
        """
        ------- .......
        ----.-- .......
        --....+ ...+.-.
        .++++++ ...+++.
        +++++++ .......
        ....... .......
        ------- .......
        """,
    ),
    # a shaft above the heel
    (
        "ankle-boot",
        14,
        """
        ---.... .......
        ---.... .......
        --..+++ ....++.
        ....+++ ....++.
        ..+++++ ....++.
        +++.... .......
        ....... .......
        """,
    ),
    # what else has nothing above the toe
    (
        "sandal",
        5,
        """
        ---.... .......
        ---.... ..---..
        --..... .......
        ....+++ .......
        +++++++ .......
        ....... .......
        ....... .......
        """,
    ),
    # two legs: lit on both sides, but not solid where a dress is
    (
        "trouser",
        11,
        """
        -.+++.- .......
        -.+.+.- .......
        --+.+-- .......
        --+.+-- .......
        --+.+-- ...-...
        --+.+-- ...-...
        -.+.+.- .......
        """,
    ),
    # as broad as the picture
    (
        "bag",
        3,
        """
        ....... .......
        ....... .......
        +.....+ .......
        +.....+ .......
        +.....+ .......
        +.....+ .......
        ....... .......
        """,
    ),
    # or short
    (
        "bag",
        4,
        """
        .--.--. .......
        ....... .......
        ....... .......
        ....... .......
        ....... .+++++.
        ....... .......
        ....... .......
        """,
    ),
    # slim and solid down the middle
    (
        "dress",
        13,
        """
        -.....- .......
        --+++.- .......
        -.+++.- .......
        -.+++.- ...+...
        -.+++.- ...+...
        --+++-- .......
        --+++-- .......
        """,
    ),
    # shoulders with short sleeves: nothing beside the solid body
    (
        "t-shirt",
        8,
        """
        ....... .......
        .+...+. .......
        .+...+. .......
        .-..... ..+.+..
        .-..... ..+.+..
        ....... ..+.+..
        ....... ..+.+..
        """,
    ),
    # long sleeves, and shoulders that begin at full width
    (
        "pullover",
        7,
        """
        .+...+. ...-...
        ....... .+...+.
        ....... .......
        .+...+. .......
        .+...+. .......
        .+...+. .......
        ....... .......
        """,
    ),
    # long sleeves below a narrow collar, the hem open
    (
        "coat",
        6,
        """
        .-...-. .......
        ....... .-.....
        ....... .......
        .+...+. .......
        .+...+. .......
        .+...+. .......
        ....... ...-...
        """,
    ),
)


def cells(images: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Returns which cells are lit and which are solid: (N, 28, 28) -> zeros and ones (N, 98), rows of 7 + 7 in turn."""
    blocks = images.reshape(len(images), 7, 4, 7, 4)
    lit, solid = blocks.mean(axis=(2, 4)) >= LIT, blocks.min(axis=(2, 4)) >= SOLID
    return np.concatenate([lit, solid], axis=2).reshape(len(images), -1).astype(np.int64)


def make_net() -> McCullochPittsNet:
    """Wires two layers: detectors, then one neuron for each, inhibited by all detectors before its own.

    The last neuron of the second layer has threshold 0: it fires when no detector does, so that always exactly one
    neuron fires.
    """
    detectors = [_neuron(threshold, "".join(drawing.split())) for _, threshold, drawing in WIRING]
    first_wins = [McCullochPitts(1, (own,), range(own)) for own in range(len(detectors))]
    return McCullochPittsNet([detectors, [*first_wins, McCullochPitts(0, (), range(len(detectors)))]])


def _neuron(threshold: int, drawing: str) -> McCullochPitts:
    excitatory, inhibitory = ([line for line, mark in enumerate(drawing) if mark == sign] for sign in "+-")
    return McCullochPitts(threshold, excitatory, inhibitory)


class McCullochPittsRung(Rung):
    """Threshold neurons on cells of the picture, wired by hand.

    Raises:
        DataError: by `fit` and `predict`, when the pictures are not Fashion-MNIST's.
    """

    name = "mcculloch-pitts"
    summary = "threshold neurons on 98 binary lines, wired by hand"
    cannot = "learn: every wire was laid by a person"
    takes_points = False

    @property
    def parameters(self) -> int:
        """None: nothing is learned."""
        return 0

    def _fit(self, images: Images, labels: Labels) -> None:  # noqa: ARG002 - the wires are there already
        grey_pictures(images, self.classes, self.name)
        self.net = make_net()

    def _predict(self, images: Images) -> Labels:
        fired = self.net(cells(grey_pictures(images, self.classes, self.name)))
        garments = [GARMENTS.index(name) for name in (*(wire[0] for wire in WIRING), OTHERWISE)]
        return np.asarray(np.array(garments)[fired.argmax(axis=1)], dtype=np.int64)
