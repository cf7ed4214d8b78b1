"""A trained model that answers: the classifier of a run, and what it says of pictures.

Legend: N pictures, B pictures of a batch, C channels, H x W pixels, K classes.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import overload

import torch
from PIL import Image
from torch import Tensor, nn

from muslin.data.decoding.contrast import Contrast
from muslin.data.spec import DataSpec
from muslin.errors import BundleError, PictureError, SettingError
from muslin.models import MODELS, Factory, build
from muslin.prediction.calibration import UNCALIBRATED, Calibration
from muslin.prediction.description import describe
from muslin.prediction.prediction import Prediction
from muslin.prediction.reading import Picture, read_pictures
from muslin.prediction.scoring import batch_that_fits
from muslin.prediction.sharing import answer_all
from muslin.prediction.views import check_views, predict_logits
from muslin.run.description import WEIGHTS
from muslin.run.folder import find_run
from muslin.run.saved_model import best_weights, read_weights

__all__ = ["Classifier", "load"]

CHUNK = 100  # pictures that a thread answers at a time: more are no faster, and are shared out less evenly


class Classifier(nn.Module):
    """A trained model with its preprocessing, its class names, and the views that it answers by.

    Args:
        model: normalised (B, C, H, W) float32 pictures to (B, K) logits.
        spec: the description of the data that it was trained on.
        contrast: the training pictures' contrast, to notice inverted ones; None if not known.
        views: views of a picture that `predict` averages unless it is told otherwise: 1, 2, 5 or 10.
        mirrors: whether it was trained on mirror images too; if not, it knows none.
        calibration: what makes probabilities of its logits, and from which one on it is sure.

    Raises:
        SettingError: the views are none of these.
    """

    def __init__(
        self,
        model: nn.Module,
        spec: DataSpec,
        contrast: Contrast | None = None,
        views: int = 1,
        *,
        mirrors: bool = True,
        calibration: Calibration = UNCALIBRATED,
    ) -> None:
        super().__init__()
        check_views(views, mirrors=mirrors)
        self.model, self.spec, self.contrast, self.views, self.mirrors = model, spec, contrast, views, mirrors
        self.calibration = calibration
        self.eval()

    @property
    def classes(self) -> tuple[str, ...]:
        """The K class names, in the order of the logits."""
        return self.spec.classes

    def forward(self, images: Tensor) -> Tensor:
        """Turns (B, C, H, W) uint8 pictures of the training set's size into (B, K) float32 logits, by one view."""
        logits: Tensor = self.model(self.spec.normalise(images))
        return logits

    @overload
    def predict(  # type: ignore[overload-overlap]  # a str is one file, though it is a sequence too
        self, pictures: Picture, *, views: int | None = None, invert: bool = False
    ) -> Prediction: ...

    @overload
    def predict(
        self, pictures: Sequence[Picture], *, views: int | None = None, invert: bool = False
    ) -> list[Prediction]: ...

    def predict(
        self, pictures: Picture | Sequence[Picture], *, views: int | None = None, invert: bool = False
    ) -> Prediction | list[Prediction]:
        """Classifies one picture of any size, or many in batches; computes where the model is, in float32 on a CPU.

        >>> import muslin
        >>> classifier = muslin.load("latest")  # doctest: +SKIP
        >>> classifier.predict("boot.png").label  # doctest: +SKIP
        'Ankle boot'
        >>> [answer.label for answer in classifier.predict(["boot.png", "bag.png"], views=1)]  # doctest: +SKIP
        ['Ankle boot', 'Bag']

        Args:
            pictures: a file, a Pillow image, or (H, W) or (H, W, 3) uint8; or a list or tuple of these.
            views: 1 for each picture as it is, 2 with its mirror image, 10 where these two leave the model unsure also
                shifted by a pixel, 5 the same without mirror images; by default those that the run's test accuracy was
                measured with.
            invert: whether to exchange dark and light first.

        Returns:
            A prediction; for a list or tuple a list of them, in its order.

        Raises:
            PictureError: one of them is not a picture that can be read; the message names it.
            SettingError: the views are none of these, or the run tells left from right and they have mirror images.
        """
        if isinstance(pictures, str) or not isinstance(pictures, Sequence):
            views = self._views(views)
            (answer,) = self._answer(self.model, [(None, pictures)], views=views, invert=invert)
            if isinstance(answer, PictureError):
                raise answer
            return answer
        answers: list[Prediction] = []
        for answer in self.predict_many(pictures, views=views, invert=invert):
            if isinstance(answer, PictureError):
                raise answer
            answers.append(answer)
        return answers

    def predict_many(
        self, pictures: Iterable[Picture], *, views: int | None = None, invert: bool = False
    ) -> Iterator[Prediction | PictureError]:
        """Classifies any number of pictures on all cores; holds a few hundred of them in memory at a time.

        The answers are those of `predict`, and agree with them to 1e-6 in each probability: how many pictures are
        computed together moves the last bits.

        >>> import muslin
        >>> from pathlib import Path
        >>> classifier = muslin.load("latest")  # doctest: +SKIP
        >>> for answer in classifier.predict_many(Path("photos").glob("**/*.png")):  # doctest: +SKIP
        ...     print(answer if isinstance(answer, Exception) else answer.label)
        Ankle boot
        cannot read photos/bag.png: image file is truncated; is the file damaged? save it anew

        Args:
            pictures: files, Pillow images, or (H, W) or (H, W, 3) uint8, in any mixture; taken as they are needed.
            views: as for `predict`.
            invert: as for `predict`.

        Returns:
            An iterator over predictions, in the order of the pictures; in the place of a picture that cannot be read
            stands its error, which names it, and the others go on.

        Raises:
            SettingError: as for `predict`, or a single picture was given.
        """
        views = self._views(views)
        if isinstance(pictures, str | Path | Image.Image):
            raise SettingError("predict_many takes many pictures, such as a list of files; predict takes a single one")
        numbered = enumerate(pictures)
        batches = iter(lambda: list(islice(numbered, self._batch)), [])
        return answer_all(self.model, batches, partial(self._answer, views=views, invert=invert))

    def _views(self, views: int | None) -> int:
        views = self.views if views is None else views
        check_views(views, mirrors=self.mirrors)
        return views

    @cached_property
    def _batch(self) -> int:
        shape = (1, self.spec.channels, self.spec.height, self.spec.width)
        blank = torch.zeros(shape, device=next(self.model.parameters()).device)
        return min(CHUNK, batch_that_fits(self.model, blank))

    @torch.no_grad()
    def _answer(
        self, model: nn.Module, pictures: Sequence[tuple[int | None, Picture]], *, views: int, invert: bool
    ) -> list[Prediction | PictureError]:
        """Answers numbered pictures by a twin of the model."""
        pixels, found = read_pictures(pictures, self.spec, self.contrast, invert=invert)
        if not len(pixels):
            return [notes for notes in found if isinstance(notes, PictureError)]
        images = self.spec.normalise(torch.from_numpy(pixels).to(next(model.parameters()).device))
        logits = predict_logits(model, images.contiguous(memory_format=torch.channels_last), views).averaged
        best, order = self.calibration.probabilities(logits).cpu().sort(1, descending=True)  # (B, K)
        if not best.isfinite().all():
            raise BundleError(
                "the model answers with what is no number; train it anew, or take the run's --best weights"
            )
        rows = iter(zip(best.tolist(), order.tolist(), strict=True))
        return [notes if isinstance(notes, PictureError) else self._told(*next(rows), views, notes) for notes in found]

    def _told(self, best: list[float], order: list[int], views: int, notes: tuple[str, ...]) -> Prediction:
        by_class = {self.classes[k]: probability for k, probability in zip(order, best, strict=True)}
        return Prediction.of(by_class, self.calibration.threshold, views, notes)


def load(run: str | Path, factory: Factory | str | None = None, *, best: bool = False) -> Classifier:
    """Loads a run's classifier; runs no code of the run's.

    >>> import muslin
    >>> muslin.load("latest").classes  # doctest: +SKIP
    ('T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot')

    Args:
        run: a run's folder, its name under `runs/`, or `latest`.
        factory: needed for a model of one's own: `file.py:factory`, or the function itself; naming it allows it to run.
        best: whether to take the weights of the epoch with the lowest validation loss, not the last.

    Raises:
        RunError: there is no such run, or no such epoch.
        BundleError: the files are missing, damaged, or do not fit each other.

    >>> classifier = load("latest")  # doctest: +SKIP
    >>> classifier.classes[:3]  # doctest: +SKIP
    ('T-shirt/top', 'Trouser', 'Pullover')
    """
    folder = find_run(run)
    known = describe(folder)
    weights = best_weights(folder) if best else read_weights(folder)
    model = _build(folder, known.name, known.spec, factory)
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise BundleError(f"{folder / WEIGHTS} does not fit model {known.name}: {error}") from error
    return Classifier(
        model, known.spec, known.contrast, known.views, mirrors=known.mirrors, calibration=known.calibration
    )


def _build(folder: Path, name: str, spec: DataSpec, factory: Factory | str | None) -> nn.Module:
    if callable(factory):
        return factory(spec)
    if factory is None and name not in MODELS:
        raise BundleError(
            f"{folder} holds a model of your own, {name}; loading never runs code unasked: name it with --model {name} "
            "(factory= in Python)"
        )
    return build(factory or name, spec)
