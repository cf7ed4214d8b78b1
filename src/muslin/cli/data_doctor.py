"""`muslin data doctor`: which labels are wrong, and which pictures do not belong?"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from muslin.cli.options import cache_option, json_option, on_bad_option, size_option

if TYPE_CHECKING:
    from muslin.data.reading import Reading
    from muslin.terminal.bars import FileBar

__all__ = ["doctor"]


@click.command()
@click.argument("source", metavar="DATA")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Fixes all that is random.")
@click.option(
    "--out", metavar="PATH", type=click.Path(path_type=Path),
    help="Folder for findings.csv and findings.png; with --apply, the file to write.  [default: a new one]",
)  # fmt: skip
@click.option(
    "--apply", "table", metavar="FILE.csv", type=click.Path(path_type=Path),
    help="Write DATA with the labels that this table of findings says.",
)  # fmt: skip
@size_option
@cache_option
@on_bad_option
@json_option
def doctor(
    source: str,
    seed: int,
    out: Path | None,
    table: Path | None,
    cache: Path | None,
    as_json: bool,
    **reading: "int | str | None",
) -> None:
    """Find the labels of DATA that are probably wrong, each with its likely class.

    DATA is anything that fit takes. Quick models judge pictures that they were not trained on; of few pictures in
    colour, by what a pretrained model sees of them, where muslin[transfer] is installed. Also found: pictures that are
    there twice or look so, those unlike all others, and those between two classes.

    Then go through findings.csv, and have the labels mended with --apply: it writes a table that fit reads (a .npz file
    where DATA has no picture files), and never touches the pictures.
    """
    from muslin.data.reading import Reading, cache_folder
    from muslin.terminal.bars import FileBar

    size, on_bad = reading["size"], reading["on_bad"]
    with FileBar() as bar:
        how = Reading(size=int(size or 0), cache=cache or cache_folder(), on_bad=str(on_bad or "stop"), progress=bar)
        if table is None:
            _examine(source, how, seed, out, as_json=as_json, bar=bar)
        else:
            _apply(source, how, seed, table, out, as_json=as_json)


def _examine(source: str, how: "Reading", seed: int, out: Path | None, *, as_json: bool, bar: "FileBar") -> None:
    from muslin.data.check.doctor_files import claim_folder, write_files
    from muslin.look import note_on_letters
    from muslin.pipeline.doctor import examine_data
    from muslin.terminal.data_doctor import doctor_report
    from muslin.terminal.layout import write_aside

    folder = claim_folder(out, source)
    examined = examine_data(source, how, seed=seed)
    write_files(folder, examined.findings, examined.images, examined.row_of)
    bar.close()
    if as_json:
        click.echo(json.dumps(examined.findings.as_json() | {"folder": str(folder)}))
    else:
        doctor_report(examined.findings, folder, source)
    notes = [*examined.findings.notes, note_on_letters(examined.findings.classes)]
    for note in filter(None, notes):
        write_aside(f"Note: {note}")


def _apply(source: str, how: "Reading", seed: int, table: Path, out: Path | None, *, as_json: bool) -> None:
    from muslin.data.check.mend import mend_labels, mended_path
    from muslin.data.sources.registry import load_placed_splits
    from muslin.terminal.data_doctor import mended_report

    splits, places = load_placed_splits(source, seed=seed, reading=how)
    mended = mend_labels(table, splits, places, out or mended_path(source, places.root))
    if as_json:
        click.echo(json.dumps(mended.as_json()))
    else:
        mended_report(mended)
