from muslin.loggers import make_logger
from tests.loggers.contract import Log, LoggerContract


class TestTensorBoard(LoggerContract):
    name, library = "tensorboard", "tensorboard"

    def read(self, folder):
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
        from tensorboard.plugins.hparams.metadata import SESSION_START_INFO_TAG
        from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

        events = EventAccumulator(str(folder / "tensorboard")).Reload()
        plugin = HParamsPluginData.FromString(events.PluginTagToContent("hparams")[SESSION_START_INFO_TAG])
        settings = {
            name: getattr(value, value.WhichOneof("kind"))
            for name, value in plugin.session_start_info.hparams.items()
        }  # fmt: skip
        values = {tag: [(e.step, e.value) for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
        return Log(settings, values, set(events.Tags()["images"]))

    def test_a_torn_event_file_is_continued(self, events):
        start, first, second, end = (e for e in events if not is_progress(e))
        killed = make_logger(self.name)
        for event in (start, first):
            killed(event)
        (file,) = (start.folder / "tensorboard").iterdir()
        file.write_bytes(file.read_bytes()[:-5])  # in the last number of the first epoch
        with make_logger(self.name) as resumed:
            for event in (start, second, end):
                resumed(event)
        steps = [step for step, _ in self.read(end.folder).values["validation_loss"]]
        assert steps == [first.step, second.step]


def is_progress(event) -> bool:
    return type(event).__name__ == "Progress"
