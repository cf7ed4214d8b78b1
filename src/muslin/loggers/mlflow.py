"""MLflow: one SQLite file for all runs of a folder, or the server that MLFLOW_TRACKING_URI names.

Runs in `runs/` go to `runs/mlflow.db` and their pictures to `runs/mlflow-artifacts/`, so that they stand side by side.
To look: `mlflow ui --backend-store-uri sqlite:///runs/mlflow.db`. (MLflow no longer takes its older `mlruns` folders.)
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from muslin.files import write_whole
from muslin.loggers.logger import PROJECT, Logger, Value

__all__ = ["Mlflow"]

FILE = "mlflow.json"  # in the run's folder: MLflow's own id of the run
STATUS = {"done": "FINISHED", "early": "FINISHED", "interrupted": "KILLED", "failed": "FAILED"}


class Mlflow(Logger):
    """Logs to an experiment called `muslin`; MLflow's telemetry is switched off unless the environment asks for it."""

    name = "mlflow"

    def __init__(self) -> None:
        super().__init__()
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # read when MLflow is imported
        from mlflow import MlflowClient  # type: ignore[import-not-found, unused-ignore]

        self.make_client = MlflowClient

    def begin(self, folder: Path, settings: Mapping[str, Value]) -> int:
        """Creates the run with its parameters, or opens it again."""
        root = folder.resolve().parent
        uri = os.environ.get("MLFLOW_TRACKING_URI")
        self.client = self.make_client(uri or f"sqlite:///{(root / 'mlflow.db').as_posix()}")
        if (folder / FILE).is_file():
            self.id = json.loads((folder / FILE).read_text(encoding="utf-8"))["run_id"]
            self.client.update_run(self.id, status="RUNNING")
            return max((int(m.step) for m in self.client.get_metric_history(self.id, "validation_loss")), default=0)
        found = self.client.get_experiment_by_name(PROJECT)
        artifacts = None if uri else (root / "mlflow-artifacts").as_uri()
        experiment = found.experiment_id if found else self.client.create_experiment(PROJECT, artifacts)
        self.id = self.client.create_run(experiment, run_name=folder.name).info.run_id
        for name, value in settings.items():
            self.client.log_param(self.id, name, value)
        write_whole(folder / FILE, json.dumps({"run_id": self.id}) + "\n")
        return 0

    def add(self, values: Mapping[str, float], step: int) -> None:
        """Logs each number as a metric."""
        for name, value in values.items():
            self.client.log_metric(self.id, name, value, step=step)

    def add_picture(self, name: str, path: Path) -> None:  # noqa: ARG002 - the file has the name already
        """Logs a PNG as an artifact."""
        self.client.log_artifact(self.id, str(path))

    def close(self, ended: str) -> None:
        """Tells MLflow how the run ended."""
        self.client.set_terminated(self.id, STATUS[ended])
