"""The one rule on damaged pictures: they stop a run, or few of them may be left out if a person says so."""

from collections.abc import Sequence

from muslin.errors import PictureError, SettingError

__all__ = ["bad_pictures", "join_problems", "may_be_left_out"]

ON_BAD = ("stop", "skip")
MOST = 0.01  # share of the pictures that may be left out
SHOWN = 5  # damaged pictures named in one message


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
    remedy = "mend or remove them"
    if not may_be_left_out(len(problems), count):
        remedy += f" (at most {MOST:.0%} may be left out with --on-bad skip)"
    elif on_bad == "stop":
        remedy += ", or leave them out with --on-bad skip"
    return PictureError(f"{len(problems):,} of {count:,} pictures cannot be used ({join_problems(problems)}); {remedy}")


def join_problems(problems: Sequence[str]) -> str:
    """Returns the first few problems, one after the other."""
    return "; ".join(problems[:SHOWN]) + "; …" * (len(problems) > SHOWN)
