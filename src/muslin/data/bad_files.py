"""The one rule on damaged pictures: they stop a run, or few of them may be left out if a person says so."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from muslin.errors import PictureError, SettingError
from muslin.text import note_on_pictures, shortened

__all__ = ["bad_pictures", "join_problems", "may_be_left_out", "other_kinds"]

ON_BAD = ("stop", "skip")
MOST = 0.01  # share of the pictures that may be left out
SHOWN = 5  # damaged pictures named in one message
WIDTH = 60  # letters of a path


def check_on_bad(on_bad: str) -> None:
    """Raises SettingError unless it is `stop` or `skip`."""
    if on_bad not in ON_BAD:
        raise SettingError(f"on_bad is {on_bad!r}; {' or '.join(ON_BAD)} is needed")


def may_be_left_out(bad: int, count: int) -> bool:
    """Whether so many damaged pictures among `count` may be left out with `--on-bad skip`."""
    return bad <= MOST * count


def bad_pictures(problems: Sequence[str], count: int, on_bad: str) -> PictureError:
    """Returns the error for damaged pictures.

    Args:
        problems: a sentence on each, with its path.
        count: pictures in all.
        on_bad: `stop` or `skip`, as a person asked for.
    """
    return PictureError(
        f"{len(problems):,} of {count:,} pictures cannot be used ({join_problems(problems)}); "
        f"{_remedy('mend', len(problems), count, on_bad)}"
    )


def other_kinds(files: Mapping[str, tuple[str, str]], count: int, on_bad: str) -> PictureError:
    """Returns the error for files of kinds that are not read, each kind with its number and one example.

    Args:
        files: for each path what it is ("is a HEIC photo"), and the way to convert it.
        count: pictures in all.
        on_bad: `stop` or `skip`, as a person asked for.
    """
    paths = defaultdict[tuple[str, str], list[str]](list)
    for path, kind in files.items():
        paths[kind].append(path)
    kinds = [
        f"{note_on_pictures(len(same), what)}, which is not read ({shortened(same[0], WIDTH)}): {how}"
        for (what, how), same in sorted(paths.items(), key=lambda item: -len(item[1]))
    ]
    return PictureError(
        f"{len(files):,} of {count:,} pictures cannot be used: {join_problems(kinds)}; "
        f"{_remedy('convert', len(files), count, on_bad)}"
    )


def _remedy(mend: str, bad: int, count: int, on_bad: str) -> str:
    if not may_be_left_out(bad, count):
        return f"{mend} or remove them (at most {MOST:.0%} may be left out with --on-bad skip)"
    return f"{mend} or remove them" + ", or leave them out with --on-bad skip" * (on_bad == "stop")


def join_problems(problems: Sequence[str]) -> str:
    """Returns the first few problems, one after the other."""
    return "; ".join(problems[:SHOWN]) + "; …" * (len(problems) > SHOWN)
