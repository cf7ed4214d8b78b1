"""Pass a run's numbers on to tools that draw and compare them, each on this computer, with nothing sent anywhere.

A logger is a `Logger` in a file of its own, registered in `LOGGERS`; tests run over all of them.
"""

from muslin.loggers.logger import Logger
from muslin.loggers.registry import LOGGERS, make_logger

__all__ = ["LOGGERS", "Logger", "make_logger"]
