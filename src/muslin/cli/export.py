"""`muslin export`."""

import json
from pathlib import Path

import click

from muslin.cli.options import cache_option

__all__ = ["export"]


@click.command()
@click.argument("run")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write.  [default: model.onnx in RUN]")
@click.option("--model", "factory", help="file.py:factory, for a run with a model of your own.")
@cache_option
def export(run: str, out: Path | None, factory: str | None, cache: Path | None) -> None:
    """Write RUN's model as one ONNX file, for programs without PyTorch.

    It takes uint8 pictures and gives probabilities: normalisation, views and temperature are inside. It is compared
    with PyTorch on all test pictures first; if one is answered otherwise, nothing is written.
    """
    from muslin.data.reading import Reading, cache_folder
    from muslin.serving.onnx import export_run
    from muslin.terminal.bars import FileBar
    from muslin.terminal.layout import write_line
    from muslin.text import plural, printable

    with FileBar() as bar:
        reading = Reading(cache=cache or cache_folder(), progress=bar)
        made = export_run(run, out, factory, reading=reading)
    said = made.metadata
    write_line(
        f"{printable(made.path)}: {made.path.stat().st_size / 1e6:.1f} MB, takes uint8 (N, {said['channels']}, "
        f"{said['height']}, {said['width']}), gives probabilities (N, {len(json.loads(said['classes']))})"
    )
    write_line(
        f"As PyTorch on {plural(made.pictures, 'test picture')}: the same answers, probabilities within "
        f"{made.difference:.1g}"
    )
