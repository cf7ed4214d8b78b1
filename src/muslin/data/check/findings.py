"""What is wrong with a person's data, from a scan: what to mend, what to look at, what is good to know."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from muslin.data.bad_files import may_be_left_out
from muslin.data.check.scan import Scan
from muslin.text import printable

__all__ = ["EXAMPLES", "UNEVEN", "Finding", "findings"]

Level = Literal["mend", "look", "note"]
LEVELS: tuple[Level, ...] = get_args(Level)
FEW_FOR_RECIPES = 50  # training pictures of a class; below, recipes were never measured


UNEVEN = 10  # times more pictures in the largest class than in the smallest


EXAMPLES = 5  # files named for each finding


@dataclass(frozen=True)
class Finding:
    """One thing that a person should know of the data.

    Attributes:
        level: `mend` spoils a run, `look` may, `note` is good to know.
        text: what was found.
        remedy: what to do; empty where nothing need be done.
        examples: files, each with what is said of it.
    """

    level: Level
    text: str
    remedy: str = ""
    examples: tuple[str, ...] = ()


def findings(scan: Scan) -> tuple[Finding, ...]:
    """Judges a scan; the gravest finding comes first."""
    found = [*_damaged(scan), *_copies(scan), *_lookalikes(scan), *_balance(scan), *_notes(scan)]
    return tuple(sorted(found, key=lambda finding: LEVELS.index(finding.level)))


def _damaged(scan: Scan) -> Iterator[Finding]:
    if scan.damaged:
        root = f"{printable(scan.listing.root)}/"
        remedy = "mend or remove them"
        if may_be_left_out(len(scan.damaged), len(scan.pictures)):
            remedy += "; or leave them out with --on-bad skip"
        yield Finding(
            "mend",
            f"{len(scan.damaged):,} of {len(scan.pictures):,} files cannot be used",
            remedy,
            _some([picture.problem.replace(root, "") for picture in scan.damaged], len(scan.damaged)),
        )


def _copies(scan: Scan) -> Iterator[Finding]:
    twins = scan.copies
    if twins.across_splits:
        yield Finding(
            "mend",
            f"{twins.across_splits:,} pictures are in more than one split, byte for byte: what was learnt by heart "
            "would count as understood",
            "keep each in one split",
            _pairs(scan, twins.examples, "split"),
        )
    if twins.across_classes:
        yield Finding(
            "mend",
            f"{twins.across_classes:,} pictures are in more than one class, byte for byte",
            "keep each in its true class",
            _pairs(scan, twins.examples, "label"),
        )
    if twins.pictures > max(twins.across_splits, twins.across_classes):
        yield Finding(
            "look",
            f"{twins.pictures:,} pictures have a copy, byte for byte",
            "remove the copies, unless they should count more",
            _pairs(scan, twins.examples),
        )


def _lookalikes(scan: Scan) -> Iterator[Finding]:
    twins = scan.lookalikes
    if twins.across_splits:
        yield Finding(
            "look",
            f"{twins.across_splits:,} pictures look almost the same as one in another split",
            "if they show the same thing, keep them in one split",
            _pairs(scan, twins.examples, "split", "~"),
        )
    if twins.across_classes:
        yield Finding(
            "look",
            f"{twins.across_classes:,} pictures look almost the same as one in another class",
            "see whether both classes are right",
            _pairs(scan, twins.examples, "label", "~"),
        )
    if twins.pictures > max(twins.across_splits, twins.across_classes):
        yield Finding(
            "note",
            f"{twins.pictures:,} pictures look almost the same as another",
            "",
            _pairs(scan, twins.examples, sign="~"),
        )


def _balance(scan: Scan) -> Iterator[Finding]:
    if not scan.counts:
        return
    counts = dict(zip(scan.listing.classes, next(iter(scan.counts.values())), strict=True))
    few = [
        f"{printable(n)} ({counts[n]:,})"
        for n in sorted(counts, key=lambda n: counts[n])
        if counts[n] < FEW_FOR_RECIPES
    ]
    if few:
        subject = "1 class has" if len(few) == 1 else f"{len(few):,} classes have"
        where = " to train on" if "train" in scan.counts else ""
        text = f"{subject} fewer than {FEW_FOR_RECIPES} pictures{where}"
        yield Finding("look", text, "add some, or expect less accuracy there", _some(few, len(few)))
    least, most = min(counts, key=lambda name: counts[name]), max(counts, key=lambda name: counts[name])
    if counts[most] > UNEVEN * counts[least]:
        yield Finding(
            "look",
            f"classes differ much in size: {printable(most)} has {counts[most]:,} pictures, {printable(least)} has "
            f"{counts[least]:,}",
            "add pictures to the small ones, and read the accuracy class by class",
        )


def _notes(scan: Scan) -> Iterator[Finding]:
    for note, pictures in scan.notes.items():
        paths = [printable(scan.path_of(picture)) for picture in pictures[:EXAMPLES]]
        subject = "1 picture" if len(pictures) == 1 else f"{len(pictures):,} pictures, each"
        yield Finding("note", f"{subject} {note}", "", _some(paths, len(pictures)))
    for note in scan.listing.notes:
        yield Finding("note", note)


def _pairs(scan: Scan, pairs: Sequence[tuple[int, int]], differing: str = "", sign: str = "=") -> tuple[str, ...]:
    """Names some pairs: those that differ in an attribute or, without one, those that no other finding names."""
    chosen = [(scan.pictures[i], scan.pictures[j]) for i, j in pairs]
    if differing:
        chosen = [(a, b) for a, b in chosen if getattr(a.entry, differing) != getattr(b.entry, differing)]
    else:
        chosen = [(a, b) for a, b in chosen if (a.entry.split, a.entry.label) == (b.entry.split, b.entry.label)]
    return tuple(f"{printable(scan.path_of(a))} {sign} {printable(scan.path_of(b))}" for a, b in chosen[:EXAMPLES])


def _some(texts: Sequence[str], total: int) -> tuple[str, ...]:
    more = (f"and {total - EXAMPLES:,} more",) if total > EXAMPLES else ()
    return (*texts[:EXAMPLES], *more)
