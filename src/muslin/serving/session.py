"""ONNX Runtime beside a server's loop, and the arrays that go in and out; loads no torch.

Legend: N pictures, C channels, H x W pixels, K classes.
"""

import importlib
import os
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muslin.machine.cores import available_threads

__all__ = ["Images", "Pixels", "Probabilities", "by_onnx", "onnx_runtime", "open_session"]

Images = NDArray[np.uint8]  # (N, C, H, W)
Pixels = NDArray[np.uint8]  # (H, W) or (H, W, 3)
Probabilities = NDArray[np.float32]  # (N, K)


def onnx_runtime() -> Any:
    """Imports ONNX Runtime, told to report nothing to its makers: else it does, and writes who it is into /tmp.

    Raises:
        ImportError: it is not installed.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    return importlib.import_module("onnxruntime")  # it has no types


def by_onnx(session: Any) -> Callable[[Images], Probabilities]:
    """Returns what answers by an ONNX Runtime session."""

    def answer(images: Images) -> Probabilities:
        probabilities: Probabilities = session.run(None, {"images": images})[0]
        return probabilities

    return answer


def open_session(content: bytes) -> Any:
    """Opens an ONNX file's content to answer beside a server's loop: it leaves that a core, and waits without turning.

    External data are refused, for the content comes without a folder that they could lie in.
    """
    onnxruntime = onnx_runtime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = max(1, available_threads() - 1)
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
