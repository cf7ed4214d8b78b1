"""EfficientNet-Lite0: EfficientNet for small devices, with ReLU6 and without squeeze-and-excitation.

The network is that of Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019
(1905.11946). It is made for weights that were trained on ImageNet: see `muslin.models.pretrained`.
Legend: B pictures, C channels, H x W pixels, K classes.
"""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from muslin.data.spec import DataSpec
from muslin.errors import SettingError
from muslin.models.backbone import maps_by_group

__all__ = ["efficientnet_lite0", "fold_norms"]

STAGES = (  # expansion, kernel, stride of the first block, channels, blocks: table 1 of the paper
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
STEM, FEATURES = 32, 1280
PIXEL_MEAN, PIXEL_STD = 127.0, 128.0  # of the Lite variants' training, as their authors published them
NORM_EPS, NORM_MOMENTUM = 1e-3, 0.01


class Rescale(nn.Module):
    """Undoes the data's normalisation and applies the network's own; a grey picture becomes three equal channels.

    It learns nothing and follows from the data's description, so that it is no part of the saved weights.

    Args:
        spec: the data's description.
    """

    def __init__(self, spec: DataSpec) -> None:
        super().__init__()
        mean, std = (255 * torch.tensor(values).view(-1, 1, 1) for values in (spec.mean, spec.std))  # (C, 1, 1)
        self.scale: Tensor
        self.shift: Tensor
        self.register_buffer("scale", std / PIXEL_STD, persistent=False)
        self.register_buffer("shift", (mean - PIXEL_MEAN) / PIXEL_STD, persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        return (images * self.scale + self.shift).expand(-1, 3, -1, -1)  # (B, 3, H, W)


class ConvNorm(nn.Module):
    """A convolution, a batch norm and, if asked for, a ReLU6; the output has ceil(size / stride) pixels.

    Args:
        channels_in: channels of the input.
        channels: channels of the output.
        kernel: side of the filters, odd.
        stride: 1 or 2.
        groups: the convolution's groups; as many as channels make it depthwise.
        activate: end with the ReLU6.
    """

    def __init__(
        self,
        channels_in: int,
        channels: int,
        kernel: int = 1,
        stride: int = 1,
        groups: int = 1,
        *,
        activate: bool = True,
    ) -> None:
        super().__init__()
        padding = kernel // 2 if stride == 1 else 0  # else by `pad_same`
        self.conv = nn.Conv2d(channels_in, channels, kernel, stride, padding, groups=groups, bias=False)
        self.norm: nn.Module = nn.BatchNorm2d(channels, NORM_EPS, NORM_MOMENTUM)
        self.kernel, self.stride, self.activate = kernel, stride, activate
        nn.init.normal_(self.conv.weight, std=(2 * groups / (kernel**2 * channels)) ** 0.5)

    def forward(self, x: Tensor) -> Tensor:
        if self.stride > 1:
            x = pad_same(x, self.kernel, self.stride)
        x = self.norm(self.conv(x))
        return F.relu6(x, inplace=True) if self.activate else x


def fold_norms(model: nn.Module) -> nn.Module:
    """Returns a copy for prediction alone, each `ConvNorm`'s norm multiplied into its convolution: a third quicker.

    Args:
        model: in any mode; the copy computes as the model does after `eval()`.
    """
    folded = copy.deepcopy(model).eval()
    for layer in folded.modules():
        if isinstance(layer, ConvNorm) and isinstance(layer.norm, nn.BatchNorm2d):
            layer.conv, layer.norm = fuse_conv_bn_eval(layer.conv, layer.norm), nn.Identity()
    return folded


def pad_same(x: Tensor, kernel: int, stride: int) -> Tensor:
    """Pads (..., H, W) with zeros for a convolution to ceil(size / stride) pixels, as TensorFlow's SAME does.

    Unlike PyTorch's own padding, one side may get a pixel more: the right, and the bottom.
    """
    wide, high = ((-(-size // stride) - 1) * stride + kernel - size for size in (x.shape[-1], x.shape[-2]))
    return F.pad(x, (wide // 2, wide - wide // 2, high // 2, high - high // 2))


class InvertedResidual(nn.Module):
    """MBConv: more channels, a depthwise convolution, few channels again, and a way around where the shape is kept.

    After Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018, 1801.04381.

    Args:
        channels_in: channels of the input.
        channels: channels of the output.
        expansion: times as many channels inside; with 1 there is no first convolution.
        kernel: side of the depthwise filters.
        stride: the depthwise convolution's stride.
    """

    def __init__(self, channels_in: int, channels: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        inside = channels_in * expansion
        self.expand = ConvNorm(channels_in, inside) if expansion > 1 else nn.Identity()
        self.depthwise = ConvNorm(inside, inside, kernel, stride, groups=inside)
        self.project = ConvNorm(inside, channels, activate=False)
        self.has_shortcut = stride == 1 and channels_in == channels

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.project(self.depthwise(self.expand(x)))
        return out + x if self.has_shortcut else out


class EfficientNetLite(nn.Module):
    """Stem, inverted residuals, a wide 1x1 convolution, mean over the picture, linear head.

    The paper's dropout and dropped blocks are left out: they serve training on ImageNet from nothing.

    Args:
        spec: the data's description, with 1 or 3 channels.
    """

    def __init__(self, spec: DataSpec) -> None:
        super().__init__()
        if spec.channels not in (1, 3):
            raise SettingError(
                f"the pictures have {spec.channels} channels; efficientnet_lite0 takes 1 (grey) or 3 (colour)"
            )
        self.rescale = Rescale(spec)
        self.stem = ConvNorm(3, STEM, kernel=3, stride=2)
        blocks: list[nn.Module] = []
        channels_in = STEM
        for expansion, kernel, stride, channels, depth in STAGES:
            for block in range(depth):
                blocks.append(InvertedResidual(channels_in, channels, expansion, kernel, stride if block == 0 else 1))
                channels_in = channels
        self.blocks = nn.Sequential(*blocks)
        self.top = ConvNorm(channels_in, FEATURES)
        self.head = nn.Linear(FEATURES, len(spec.classes))

    def features(self, images: Tensor) -> Tensor:
        """Turns (B, C, H, W) pictures, normalised by the data's statistics, into what the head sees: (B, 1280)."""
        x = self.stem(self.rescale(images))  # (B, 32, H / 2, W / 2)
        x = self.top(self.blocks(x))  # (B, 1280, H / 32, W / 32)
        return x.mean((2, 3))  # type: ignore[no-any-return]

    def feature_maps(self, images: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Returns the maps after the stem, each stage of the paper's table and the top, and the features: its mean."""
        stem = self.stem(self.rescale(images))
        depths = [depth for *_, depth in STAGES]
        stages = maps_by_group(stem, self.blocks, depths, "stage")
        top = self.top(stages[f"stage {len(depths)}"])
        return {"stem": stem, **stages, "top": top}, top.mean((2, 3))

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.features(images))  # type: ignore[no-any-return]  # (B, K)


def efficientnet_lite0(spec: DataSpec) -> nn.Module:
    """EfficientNet-Lite0 with random weights: 4,652,008 parameters for the 1000 classes of ImageNet.

    Meant for pictures of about 224 pixels; any size works.

    Raises:
        SettingError: the pictures have neither 1 nor 3 channels.
    """
    return EfficientNetLite(spec)
