"""Prepare models: each an `nn.Module` that turns (B, C, H, W) float pictures into (B, K) logits.

A model is a function `(spec: DataSpec) -> nn.Module` and stands in `MODELS`; tests run over all of them.
"""

from muslin.models.registry import MODELS, Factory, build

__all__ = ["MODELS", "Factory", "build"]
