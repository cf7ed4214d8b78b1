"""Residual networks (He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2015, 1512.03385).

All have the small-picture stem: one 3x3 convolution with stride 1 and no pooling.
Legend: B pictures, C channels, H x W pixels, D features, K classes.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from muslin.data.spec import DataSpec
from muslin.models.backbone import maps_by_group

__all__ = ["resnet18", "resnet20", "resnet34", "resnet_narrow", "resnet_slim", "resnet_wide"]


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a way around them.

    Args:
        channels_in: channels of the input.
        channels: channels of the output.
        stride: the first convolution's stride; 2 halves height and width.
        project: cross a change of shape by a 1x1 convolution (the paper's option B), else by a strided copy with zero
            channels (option A, without parameters).
    """

    def __init__(self, channels_in: int, channels: int, stride: int, *, project: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels_in != channels:
            self.shortcut = (
                Projection(channels_in, channels, stride) if project else ZeroPad(channels_in, channels, stride)
            )

    def forward(self, x: Tensor) -> Tensor:
        out = F.relu(self.norm1(self.conv1(x)))
        out = self.norm2(self.conv2(out))
        return F.relu(out + self.shortcut(x))


class Projection(nn.Sequential):
    """Shortcut of option B: a strided 1x1 convolution and a norm."""

    def __init__(self, channels_in: int, channels: int, stride: int) -> None:
        super().__init__(nn.Conv2d(channels_in, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))


class ZeroPad(nn.Module):
    """Shortcut of option A: every `stride`-th pixel, and zeros for the new channels."""

    def __init__(self, channels_in: int, channels: int, stride: int) -> None:
        super().__init__()
        self.more, self.stride = channels - channels_in, stride

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.more))


class ResNet(nn.Module):
    """Stem, groups of basic blocks, mean over the picture, linear head.

    Args:
        spec: the data's description.
        widths: channels of each group; each group after the first halves height and width.
        blocks: blocks in each group.
        project: see `BasicBlock`.
    """

    def __init__(self, spec: DataSpec, widths: tuple[int, ...], blocks: tuple[int, ...], *, project: bool) -> None:
        super().__init__()
        self.stem = nn.Conv2d(spec.channels, widths[0], 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(widths[0])
        layers: list[nn.Module] = []
        channels = widths[0]
        for group, (width, depth) in enumerate(zip(widths, blocks, strict=True)):
            for block in range(depth):
                stride = 2 if group > 0 and block == 0 else 1
                layers.append(BasicBlock(channels, width, stride, project=project))
                channels = width
        self.blocks, self.depths = nn.Sequential(*layers), blocks
        self.head = nn.Linear(channels, len(spec.classes))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def features(self, images: Tensor) -> Tensor:
        """Turns (B, C, H, W) pictures into what the head sees: (B, widths[-1])."""
        x = F.relu(self.norm(self.stem(images)))  # (B, widths[0], H, W)
        x = self.blocks(x)  # (B, widths[-1], H / 4 or 8, W / 4 or 8)
        return x.mean((2, 3))  # type: ignore[no-any-return]

    def feature_maps(self, images: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Returns the maps after the stem and each group, and the features: the last map's mean."""
        stem = F.relu(self.norm(self.stem(images)))
        maps = {"stem": stem, **maps_by_group(stem, self.blocks, self.depths)}
        return maps, maps[f"group {len(self.depths)}"].mean((2, 3))

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.features(images))  # type: ignore[no-any-return]  # (B, K)


def resnet20(spec: DataSpec) -> nn.Module:
    """The paper's ResNet-20 for CIFAR-10 (section 4.2): 269,722 parameters for ten classes of colour pictures."""
    return ResNet(spec, (16, 32, 64), (3, 3, 3), project=False)


def resnet18(spec: DataSpec) -> nn.Module:
    """ResNet-18 with the small-picture stem: 11,173,962 parameters for ten classes of colour pictures."""
    return ResNet(spec, (64, 128, 256, 512), (2, 2, 2, 2), project=True)


def resnet34(spec: DataSpec) -> nn.Module:
    """ResNet-34 with the small-picture stem: 21,282,122 parameters for ten classes of colour pictures."""
    return ResNet(spec, (64, 128, 256, 512), (3, 4, 6, 3), project=True)


class NarrowGroup(nn.Module):
    """A convolution to a new width, then residual branches of one or more convolutions at that width.

    The addition comes after the last activation, so that the way around is never cut off by it.

    Args:
        channels_in: channels of the input.
        channels: channels of the output.
        branches: convolutions in each branch.
        pool: halve height and width first, rounding up: a convolution on the smaller picture costs a quarter.
    """

    def __init__(self, channels_in: int, channels: int, branches: tuple[int, ...], *, pool: bool) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(2, ceil_mode=True) if pool else nn.Identity()
        self.enter = ConvNorm(channels_in, channels)
        first, *more = (nn.Sequential(*(ConvNorm(channels, channels) for _ in range(depth))) for depth in branches)
        self.branch = first
        self.more = nn.ModuleList(more)

    def forward(self, x: Tensor) -> Tensor:
        x = self.enter(self.pool(x))
        for branch in (self.branch, *self.more):
            x = branch(x) + x
        return x


class ConvNorm(nn.Sequential):
    """A 3x3 convolution, a batch norm and a ReLU."""

    def __init__(self, channels_in: int, channels: int) -> None:
        super().__init__(
            nn.Conv2d(channels_in, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(inplace=True)
        )


class CosineStem(nn.Module):
    """Fixed filters that take 4x4 pixels apart into independent parts: a 4x4 convolution with stride 2, and a ReLU.

    A whitened first layer saves epochs (Page, "How to Train Your ResNet", 2018), but is computed from data. Pictures
    whose neighbouring pixels correlate by a fixed factor (0.9 here) are whitened by the discrete cosine transform, each
    part divided by its standard deviation (Ahmed, Natarajan and Rao, 1974): so no data are needed. Every filter comes
    with its negative, and nothing learns, so that the backward pass ends before it.

    Args:
        channels_in: channels of the pictures.
    """

    CORRELATION, NOISE = 0.9, 5e-3

    def __init__(self, channels_in: int) -> None:
        super().__init__()
        filters = self.whitening_filters()  # (16, 4, 4)
        self.channels = 2 * len(filters) * channels_in
        weight = torch.cat([filters, -filters])[:, None].repeat(channels_in, 1, 1, 1)  # (channels, 1, 4, 4)
        self.weight: Tensor
        self.register_buffer("weight", weight)

    def forward(self, images: Tensor) -> Tensor:
        x = F.conv2d(images, self.weight, stride=2, padding=1, groups=images.shape[1])
        return F.relu(x, inplace=True)  # (B, channels, H / 2, W / 2)

    @classmethod
    def whitening_filters(cls) -> Tensor:
        """Returns the 16 filters, (16, 4, 4), the coarsest first."""
        place = torch.arange(4.0)
        basis = torch.cos(torch.pi * (2 * place + 1) * place[:, None] / 8) / 2**0.5  # (frequency, pixel)
        basis[0] /= 2**0.5
        correlation = cls.CORRELATION ** (place - place[:, None]).abs()
        variance = (basis @ correlation @ basis.T).diagonal()
        filters = torch.einsum("ia,jb->ijab", basis, basis)
        deviation = (torch.outer(variance, variance) + cls.NOISE).sqrt()
        return (filters / deviation[..., None, None]).flatten(0, 1)


class NarrowResNet(nn.Module):
    """A residual network that is quick on a CPU: most of its work is wide convolutions on small maps.

    The stem leaves a quarter of the pixels; each group after the first works on half the height and width of the one
    before; the head takes each channel's maximum.

    Args:
        spec: the data's description.
        widths: channels of each group.
        branches: convolutions in each residual branch of a group.
    """

    def __init__(self, spec: DataSpec, widths: tuple[int, ...], branches: tuple[int, ...]) -> None:
        super().__init__()
        self.stem = CosineStem(spec.channels)
        channels = (self.stem.channels, *widths)
        self.groups = nn.Sequential(
            *(NarrowGroup(channels[i], width, branches, pool=i > 0) for i, width in enumerate(widths))
        )
        self.head = nn.Linear(widths[-1], len(spec.classes), bias=False)

    def features(self, images: Tensor) -> Tensor:
        """Turns (B, C, H, W) pictures into what the head sees: (B, widths[-1])."""
        x = self.groups(self.stem(images))  # (B, widths[-1], H / 8, W / 8)
        return x.amax((2, 3))  # type: ignore[no-any-return]

    def feature_maps(self, images: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Returns the maps after the stem and each group, and the features: the last map's maximum."""
        stem = self.stem(images)
        maps = {"stem": stem, **maps_by_group(stem, self.groups, (1,) * len(self.groups))}
        return maps, maps[f"group {len(self.groups)}"].amax((2, 3))

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.features(images))  # type: ignore[no-any-return]  # (B, K)


def resnet_narrow(spec: DataSpec) -> nn.Module:
    """Muslin's own network for pictures of about 16 to 64 pixels: 297,088 parameters on Fashion-MNIST."""
    return NarrowResNet(spec, (32, 64, 128), (1,))


def resnet_slim(spec: DataSpec) -> nn.Module:
    """The same with half as many channels, for a minute or two of training: 77,120 parameters on Fashion-MNIST."""
    return NarrowResNet(spec, (16, 32, 64), (1,))


def resnet_wide(spec: DataSpec) -> nn.Module:
    """The same with 1.5 times as many channels as `resnet_narrow`: 659,904 parameters on Fashion-MNIST."""
    return NarrowResNet(spec, (48, 96, 192), (1,))
