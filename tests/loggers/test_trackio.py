from muslin.loggers import make_logger
from tests.loggers.contract import Log, LoggerContract


class TestTrackio(LoggerContract):
    name, library = "trackio", "trackio"

    def read(self, folder):
        import trackio
        from trackio.sqlite_storage import SQLiteStorage
        from trackio.utils import TRACKIO_DIR

        assert folder.parent / "trackio" == TRACKIO_DIR
        (run,) = (run for run in trackio.Api().runs("muslin") if run.name == folder.name)
        log = Log(run.config, {}, set())
        for row in SQLiteStorage.get_logs("muslin", run.name, run_id=run.id):
            step, _ = row.pop("step"), row.pop("timestamp")
            for name, value in row.items():
                if isinstance(value, dict):
                    assert (TRACKIO_DIR / "media" / value["file_path"]).is_file()
                    log.pictures.add(name)
                else:
                    log.values.setdefault(name, []).append((step, value))
        return log

    def test_nothing_is_printed(self, events, capfd):
        with make_logger(self.name) as logger:
            for event in events:
                logger(event)
        assert capfd.readouterr() == ("", "")
