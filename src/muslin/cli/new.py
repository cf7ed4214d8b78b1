"""`muslin new`."""

from pathlib import Path

import click

from muslin.cli.options import cache_option, size_option

__all__ = ["new"]


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--data", "source", metavar="DATA", help="What fit takes: a folder of pictures, ...  [default: fashion-mnist]"
)
@size_option
@cache_option
def new(folder: Path, source: str | None, size: int | None, cache: Path | None) -> None:
    """Write a project of your own into DIR: plain PyTorch on one page, with a test and what belongs around it.

    Its files have the names of your classes and the size of your pictures. It trains as it is; read it, and change it.
    """
    from muslin.data.reading import Reading, cache_folder
    from muslin.starter.copy import new_project
    from muslin.terminal.bars import FileBar
    from muslin.terminal.layout import write_line
    from muslin.text import printable

    with FileBar() as bar:
        reading = Reading(size=size or 0, cache=cache or cache_folder(), progress=bar)
        names = new_project(folder, source or "fashion-mnist", reading)
    write_line(f"{printable(folder)} has {', '.join(names)}")
    write_line(f"To train: cd {printable(folder)} && python main.py")
