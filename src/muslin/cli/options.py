"""What several commands share."""

from pathlib import Path

import click

__all__ = ["SIGNALLED", "cache_option", "on_bad_option", "views_option"]

SIGNALLED = 128  # a signal's number more is the exit code, as shells have it

cache_option = click.option(
    "--cache", type=click.Path(path_type=Path), help="Folder for decoded pictures.  [default: ~/.cache/muslin]"
)
views_option = click.option(
    "--views", type=int, metavar="1|2|10",
    help="Views of a picture to average: itself, its mirror image, both shifted.  [default: as the run was tested]",
)  # fmt: skip
on_bad_option = click.option("--on-bad", help="stop at a damaged picture, or skip it, up to 1 %.  [default: stop]")
