"""`muslin data`: look at pictures, pack them, and see what is in data, before any training."""

import json
from pathlib import Path

import click

from muslin.cli.data_doctor import doctor
from muslin.cli.options import cache_option, json_option, on_bad_option, size_option
from muslin.errors import SettingError

__all__ = ["data"]


@click.group()
def data() -> None:
    """Look at your own data before you train on it."""


@data.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--sheet", metavar="FILE.png", type=click.Path(path_type=Path), help="Draw some pictures of each class.")
@json_option
def scan(path: Path, sheet: Path | None, as_json: bool) -> int:
    """Look at every picture of PATH, and say what to mend.

    PATH is a folder of pictures with a sub-folder a class, or a .csv file that names pictures (path,label).
    Finds damaged files, the same picture in two classes or in train and test, lookalikes, small classes.
    The exit code is 1 where a file is damaged.
    """
    from muslin.data.check import scan as scanner
    from muslin.data.files.kinds import list_picture_files
    from muslin.machine.cores import available_threads
    from muslin.terminal.bars import FileBar
    from muslin.terminal.layout import write_aside, write_line
    from muslin.terminal.scan import scan_report
    from muslin.text import printable

    listing = list_picture_files(path)
    with FileBar() as bar:
        scanned = scanner.scan(listing, threads=available_threads(), progress=bar)
    if sheet:
        from muslin.data.check.contact_sheet import draw_contact_sheet
        from muslin.look import note_on_letters

        _write(sheet, draw_contact_sheet(scanned))
        if note := note_on_letters(listing.classes):
            write_aside(f"Note: {note}")
    if as_json:
        click.echo(json.dumps(scanned.as_json()))
    else:
        scan_report(scanned)
        write_line(
            f"The contact sheet is {printable(sheet)}."
            if sheet
            else "See some pictures of each class: add --sheet FILE.png"
        )
    return int(bool(scanned.damaged))


def _write(sheet: Path, png: bytes) -> None:
    try:
        sheet.write_bytes(png)
    except OSError as error:
        raise SettingError(
            f"cannot write --sheet {sheet}: {error.strerror}; name a file in a folder of yours"
        ) from error


@data.command()
@click.argument("path", type=click.Path(path_type=Path))
@size_option
@cache_option
@on_bad_option
@json_option
def pack(path: Path, size: int, cache: Path | None, on_bad: str | None, as_json: bool) -> None:
    """Decode the pictures of PATH once, for all training to come.

    PATH is a folder of pictures or a .csv file that names pictures, as for scan. `muslin fit PATH` does it by itself;
    do it beforehand to see how long it takes, and where the pack is.
    """
    from muslin.data.reading import Reading, cache_folder
    from muslin.data.sources.picture_files import pack_files
    from muslin.terminal.bars import FileBar
    from muslin.terminal.data import packed_report

    with FileBar() as bar:
        reading = Reading(size=size, cache=cache or cache_folder(), on_bad=on_bad or "stop", progress=bar)
        packed = pack_files(path, reading)
    if as_json:
        click.echo(json.dumps(packed.as_json()))
    else:
        packed_report(packed)


@data.command()
@click.argument("source", metavar="PACK|PATH")
@size_option
@cache_option
@json_option
def info(source: str, size: int, cache: Path | None, as_json: bool) -> None:
    """Say what a pack holds, or how fit would read PATH.

    That is: splits, classes, input size. PATH is anything that fit takes; pictures are not decoded for it.
    """
    from muslin.data.packs.info import is_pack, read_info
    from muslin.data.reading import Reading, cache_folder
    from muslin.data.sources.registry import load_outline
    from muslin.terminal.bars import FileBar
    from muslin.terminal.data import info_report, outline_report

    if is_pack(Path(source)):
        found = read_info(Path(source))
        if as_json:
            click.echo(json.dumps({"pack": str(Path(source))} | found.as_json()))
        else:
            info_report(Path(source), found)
        return
    with FileBar() as bar:
        read = load_outline(source, reading=Reading(size=size, cache=cache or cache_folder(), progress=bar))
    if as_json:
        click.echo(json.dumps(read.as_json()))
    else:
        outline_report(read)


data.add_command(doctor)
