"""A run as an ingress of Ray Serve: as many replicas as are asked for, on as many machines as the cluster has.

    pip install 'ray[serve]' 'muslin[serve]'
    MUSLIN_RUN=/shared/runs/coffee MUSLIN_TOKEN=... MUSLIN_ALLOW=muslin.example serve run deploy.ray_serve:application

The run's folder lies where every machine sees it. Each replica computes on two cores.
"""

import os

from ray import serve
from starlette.types import ASGIApp

from muslin.serving.app import serving_app
from muslin.serving.bodies import Limits
from muslin.serving.model import open_model
from muslin.serving.service import Service
from muslin.web.server import LOOPBACK, Guard

PORT = 8000  # Ray Serve's own


def guarded_app() -> ASGIApp:
    """Returns what a replica answers by, and before it what asks for the token and for the names that are allowed."""
    model, _ = open_model(os.environ["MUSLIN_RUN"])
    limits = Limits()
    names = tuple(os.environ["MUSLIN_ALLOW"].lower().split(","))
    app = serving_app(Service(model, "muslin", limits))
    return Guard(app, {*LOOPBACK, *names}, PORT, limits.most_bytes, os.environ["MUSLIN_TOKEN"], names)


Muslin = serve.deployment(
    serve.ingress(guarded_app)(), name="muslin", num_replicas=2, ray_actor_options={"num_cpus": 2}
)
application = Muslin.bind()
