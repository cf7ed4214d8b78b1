"""Models that are layers one after another."""

from torch import Tensor, nn

__all__ = ["LayerStack"]


class LayerStack(nn.Sequential):
    """Layers one after another, the last of them the head; a `Backbone` whose tensors are named by number.

    Legend: B pictures, C channels, H x W pixels, D features.
    """

    @property
    def head(self) -> nn.Linear:
        """The last layer."""
        head = self[-1]
        assert isinstance(head, nn.Linear)
        return head

    def features(self, images: Tensor) -> Tensor:
        """Turns (B, C, H, W) pictures into what the head sees: (B, D)."""
        return self.feature_maps(images)[1]

    def feature_maps(self, images: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Returns the (B, C, H, W) maps after each convolution and its ReLU, "convolution 1" on, and the features."""
        maps: dict[str, Tensor] = {}
        x = images
        for layer in list(self)[:-1]:
            x = layer(x)
            if isinstance(layer, nn.ReLU) and x.ndim == 4:
                maps[f"convolution {len(maps) + 1}"] = x
        return maps, x
