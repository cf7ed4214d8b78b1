import shutil

import pytest

from muslin.errors import SettingError
from muslin.loggers import make_logger
from muslin.pipeline.events import Ended
from tests.loggers.contract import Log, LoggerContract

# MLflow's own tables use what SQLAlchemy 2.1 calls old
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy is deprecated:DeprecationWarning")


class TestMlflow(LoggerContract):
    name, library = "mlflow", "mlflow"

    def find(self, folder):
        from mlflow import MlflowClient

        client = MlflowClient(f"sqlite:///{folder.parent / 'mlflow.db'}")
        experiment = client.get_experiment_by_name("muslin")
        query = f"attributes.run_name = '{folder.name}'"
        (run,) = client.search_runs([experiment.experiment_id], query)
        return client, run

    def read(self, folder):
        client, run = self.find(folder)
        history = {name: client.get_metric_history(run.info.run_id, name) for name in run.data.metrics}
        values = {name: [(m.step, m.value) for m in metrics] for name, metrics in history.items()}
        pictures = {file.path.removesuffix(".png") for file in client.list_artifacts(run.info.run_id)}
        return Log(run.data.params, values, pictures)

    @pytest.mark.parametrize(
        ("ended", "status"), [("done", "FINISHED"), ("early", "FINISHED"), ("interrupted", "KILLED")]
    )
    def test_how_it_ended(self, events, ended, status):
        start, end = events[0], events[-1]
        with make_logger(self.name) as logger:
            logger(start)
            assert self.find(end.folder)[1].info.status == "RUNNING"
            logger(Ended(end.folder, ended, end.epochs, end.seconds))
        assert self.find(end.folder)[1].info.status == status

    def test_a_failed_run_is_called_failed(self, events):
        logger = make_logger(self.name)
        logger(events[0])
        logger.__exit__(ValueError, ValueError(), None)
        assert self.find(events[-1].folder)[1].info.status == "FAILED"

    def test_a_store_of_ones_own(self, events, runs, tmp_path, monkeypatch):
        shutil.copy(runs / "mlflow.db", tmp_path / "own.db")
        before = (runs / "mlflow.db").read_bytes()
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'own.db'}")
        make_logger(self.name)(events[0])
        assert (runs / "mlflow.db").read_bytes() == before
        monkeypatch.delenv("MLFLOW_TRACKING_URI")
        with pytest.raises(SettingError, match="logger mlflow cannot begin: .* not found"):
            make_logger(self.name)(events[0])  # the run's own id is not in that store
