"""What several commands share."""

from pathlib import Path

import click

__all__ = ["SIGNALLED", "cache_option", "on_bad_option", "views_option"]

SIGNALLED = 128  # a signal's number more is the exit code, as shells have it

cache_option = click.option(
    "--cache", type=click.Path(path_type=Path), help="Folder for decoded pictures.  [default: ~/.cache/muslin]"
)
views_option = click.option(
    "--views", type=int, metavar="1|2|5|10",
    help="Views of a picture to average: itself, mirrored (2), shifted (5), both (10).  [default: as RUN was tested]",
)  # fmt: skip
on_bad_option = click.option("--on-bad", help="stop at a damaged picture, or skip it, up to 1 %.  [default: stop]")
