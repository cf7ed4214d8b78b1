"""Find a logger by its name."""

from muslin.errors import SettingError, unknown_name
from muslin.loggers.logger import Logger
from muslin.loggers.mlflow import Mlflow
from muslin.loggers.tensorboard import TensorBoard
from muslin.loggers.trackio import Trackio

__all__ = ["LOGGERS", "make_logger"]

LOGGERS: dict[str, type[Logger]] = {logger.name: logger for logger in (TensorBoard, Mlflow, Trackio)}


def make_logger(name: str) -> Logger:
    """Makes the logger of that name, for one run.

    Raises:
        SettingError: there is none (the message suggests one), or its library is not installed.
    """
    if name not in LOGGERS:
        raise unknown_name("logger", name, LOGGERS)
    try:
        return LOGGERS[name]()
    except ImportError as error:
        raise SettingError(
            f"logger {name} needs a library that cannot be imported ({error}); install it: pip install 'muslin[{name}]'"
        ) from error
