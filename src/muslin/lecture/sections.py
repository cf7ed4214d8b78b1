"""The sections of the lecture's page, in their order: what of docs/lecture.md each tells, and what moves in it."""

from dataclasses import dataclass

__all__ = ["SECTIONS", "Section"]


@dataclass(frozen=True)
class Section:
    """One section.

    Attributes:
        name: its place in a link, such as `perceptron`.
        title: its heading.
        told: the headings of docs/lecture.md whose text it has, without their numbers.
        widgets: the stems of its widgets: `widgets/x.py` gives the values, `page/widgets/x.js` draws them.
    """

    name: str
    title: str
    told: tuple[str, ...]
    widgets: tuple[str, ...]


SECTIONS = (
    Section("rules", "Rules", ("Knowledge base",), ("rules",)),
    Section("mcculloch-pitts", "McCulloch-Pitts", ("McCulloch-Pitts neuron",), ("gates",)),
    Section("perceptron", "Perceptron", ("Perceptron",), ("perceptron",)),
    Section("colours", "Separating colours", ("Separating colours",), ("plane",)),
    Section("activations", "Activations", ("Activations",), ("activations", "softmax")),
    Section("back-propagation", "Back-propagation", ("Gradient descent",), ("backpropagation", "descent")),
    Section("distance", "Distance", ("Distances",), ("distance", "neighbours", "regions")),
    Section("losses", "Losses", ("Linear classifier", "Regression losses", "Cross-entropy loss"), ("losses", "scores")),
    Section("surprise", "Surprise", ("Information",), ("surprise", "questions")),
    Section("weight-decay", "Weight decay", ("Weight decay",), ("decay",)),
    Section("fashion-mnist", "Fashion-MNIST", ("Fashion-MNIST",), ("browse", "guess")),
    Section("resnet", "ResNet", ("ResNet",), ("kernel", "residual", "fit", "epochs", "run", "draw")),
    Section("project", "Your project", ("Quick preparation", "File structure", "Module and DataLoader"), ("project",)),
)
