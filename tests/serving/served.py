"""A model behind HTTP, as `muslin serve` has it."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Any

import torch

from muslin.data.decoding.contrast import Contrast
from muslin.models import MODELS
from muslin.prediction.calibration import Calibration
from muslin.prediction.classifier import Classifier, load
from muslin.prediction.description import Described, describe
from muslin.serving.bodies import Limits
from muslin.serving.model import ServedModel, served
from muslin.serving.serve import ModelServer, Place, model_server
from muslin.serving.spare import by_pytorch
from tests.models.samples import make_spec

SECONDS = 30  # until it has ended, on a slow machine


def small_classifier(channels: int = 1, side: int = 12) -> Classifier:
    """An untrained classifier of three classes."""
    torch.manual_seed(0)
    spec = make_spec(channels, side, side, 3)
    calibration = Calibration(temperature=0.5, threshold=0.4, pictures=9)
    return Classifier(MODELS["mlp"](spec), spec, Contrast(0.1, 0.6), calibration=calibration)


def small_model(classifier: Classifier) -> ServedModel:
    """The same as a server holds it."""
    assert classifier.contrast
    known = Described(
        "mlp",
        "0" * 64,
        classifier.spec,
        classifier.contrast,
        classifier.calibration,
        classifier.views,
        classifier.mirrors,
    )
    return served(known, by_pytorch(classifier), "pytorch_torch")


def model_of(run: Path) -> ServedModel:
    """A run as a server holds it, without an export, which takes seconds."""
    return replace(served(describe(run), by_pytorch(load(run)), "pytorch_torch"), folder=run)


@dataclass(frozen=True)
class Client:
    """Asks a server, by a new connection each time."""

    server: ModelServer

    @property
    def port(self) -> int:
        return int(self.server.listener.getsockname()[1])

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, dict[str, str]]:
        """Status, JSON and headers of an answer; `_` in the name of a header stands for a dash."""
        connection = self.connect()
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        reply = connection.getresponse()
        content = reply.read()
        connection.close()
        return reply.status, json.loads(content), {name.lower(): value for name, value in reply.getheaders()}

    def predict(self, body: Any, **headers: str) -> tuple[int, Any]:
        return self.ask("POST", "/predict", body, **headers)[:2]

    def predict_json(self, value: Any) -> tuple[int, Any]:
        return self.predict(json.dumps(value), content_type="application/json")


@contextmanager
def serving(model: ServedModel, limits: Limits | None = None, place: Place | None = None) -> Iterator[Client]:
    """Serves a model in a thread while the context lasts."""
    server = model_server(model, "bars", place or Place(), limits or Limits())
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield Client(server)
    finally:
        server.stop()
        thread.join(SECONDS)
    assert not thread.is_alive()
