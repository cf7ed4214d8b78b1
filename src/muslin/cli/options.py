"""What several commands share."""

from pathlib import Path

import click

from muslin.errors import SettingError

__all__ = ["SIGNALLED", "cache_option", "json_option", "named_values", "on_bad_option", "size_option", "views_option"]

SIGNALLED = 128  # a signal's number more is the exit code, as shells have it

cache_option = click.option(
    "--cache", type=click.Path(path_type=Path), help="Folder for decoded pictures.  [default: ~/.cache/muslin]"
)
views_option = click.option(
    "--views", type=int, metavar="1|2|5|10",
    help="Views of a picture to average: itself, mirrored (2), shifted (5), both (10).  [default: as RUN was tested]",
)  # fmt: skip
on_bad_option = click.option("--on-bad", help="stop at a damaged picture, or skip it, up to 1 %.  [default: stop]")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
size_option = click.option(
    "--size", type=int, default=0, help="Side in pixels that pictures are brought to.  [default: by the pictures]"
)


def named_values(_: click.Context, option: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    """Returns what was typed as NAME=VALUE, by name.

    Raises:
        SettingError: something was typed otherwise.
    """
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            typed = option.opts[0]
            raise SettingError(f"{typed} {pair!r}: write it as NAME=VALUE, such as {typed} lr=0.2")
        values[name.strip().replace("-", "_")] = value.strip()
    return values
