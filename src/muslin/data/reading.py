"""How picture files are to be read."""

from dataclasses import dataclass, field
from pathlib import Path

from muslin.data.bad_files import check_on_bad
from muslin.data.decoding.pool import ReportProgress
from muslin.data.decoding.wide import Levels
from muslin.data.files.cut import Rule
from muslin.data.sizing import SMALL
from muslin.files import cache_folder
from muslin.machine.cores import available_threads

__all__ = ["Reading", "cache_folder"]

RESIDENT = 2 << 30  # bytes of pictures that are read into memory; fixed, so that the same data train the same anywhere


def no_progress(stage: str, done: int, total: int) -> None:
    """Tells nobody."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How picture files are to be read: what they become, where they are kept, and what is done about damage.

    Attributes:
        size: the side in pixels that all pictures are brought to; 0 to choose by the pictures.
        most: the longest side to choose.
        shape: (C, H, W) exactly, which the two others then do not matter for; None to choose.
        levels: the values of more than 8 bits that become black and white; None for those that the training pictures
            have or, where a shape is given, for what each picture needs itself.
        cache: the folder of all packs.
        rule: how a test split is cut off where the source brings none, as for `assign_splits`.
        on_bad: `stop` where a picture is damaged, or `skip` it, up to 1 % of all.
        resident_bytes: packs with at most so many bytes of pictures are read into memory, larger ones are streamed.
        threads: pictures to work on at a time; by default one a core.
        verify: read the pack whole and compare its SHA-256; one that is damaged is made anew.
        progress: a function that is told the stage, the pictures done, and how many there are.

    Raises:
        SettingError: `on_bad` is neither `stop` nor `skip`.
    """

    size: int = 0
    most: int = SMALL
    shape: tuple[int, int, int] | None = None
    levels: Levels | None = None
    cache: Path = field(default_factory=cache_folder)
    rule: Rule = "threshold"
    on_bad: str = "stop"
    resident_bytes: int = RESIDENT
    threads: int = field(default_factory=available_threads)
    verify: bool = False
    progress: ReportProgress = no_progress

    def __post_init__(self) -> None:
        check_on_bad(self.on_bad)
