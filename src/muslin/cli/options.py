"""What several commands share."""

from pathlib import Path

import click

__all__ = ["SIGNALLED", "cache_option", "on_bad_option"]

SIGNALLED = 128  # a signal's number more is the exit code, as shells have it

cache_option = click.option(
    "--cache", type=click.Path(path_type=Path), help="Folder for decoded pictures.  [default: ~/.cache/muslin]"
)
on_bad_option = click.option("--on-bad", help="stop at a damaged picture, or skip it, up to 1 %.  [default: stop]")
