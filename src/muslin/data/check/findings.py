"""What is wrong with a person's data, by what a scan saw: what to mend, what to look at, what is good to know."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from muslin.data.bad_files import may_be_left_out
from muslin.data.check.contents import Contents
from muslin.text import note_on_pictures, plural, printable

__all__ = ["Finding"]

Level = Literal["mend", "look", "note"]
LEVELS: tuple[Level, ...] = get_args(Level)
FEWEST_MEASURED = 50  # training pictures of a class; below, recipes were never measured
UNEVEN = 10  # times more pictures in the largest class than in the smallest
EXAMPLES = 5  # files listed for each finding


@dataclass(frozen=True)
class Finding:
    """One thing that a person should know of the data.

    Attributes:
        level: `mend` spoils a run, `look` may, `note` is good to know.
        text: a sentence on what was found.
        remedy: the thing to do; empty where nothing need be done.
        examples: files, each with what is said of it.
    """

    level: Level
    text: str
    remedy: str = ""
    examples: tuple[str, ...] = ()


def judge_contents(contents: Contents) -> tuple[Finding, ...]:
    """Returns what a person should know of the data, the gravest first."""
    found = [*_damaged(contents), *_copies(contents), *_lookalikes(contents), *_balance(contents), *_notes(contents)]
    return tuple(sorted(found, key=lambda finding: LEVELS.index(finding.level)))


def _damaged(contents: Contents) -> Iterator[Finding]:
    if contents.damaged:
        root = f"{printable(contents.listing.root)}/"
        remedy = "mend or remove them"
        if may_be_left_out(len(contents.damaged), len(contents.pictures)):
            remedy += "; or leave them out with --on-bad skip"
        yield Finding(
            "mend",
            f"{len(contents.damaged):,} of {len(contents.pictures):,} files cannot be used",
            remedy,
            _first_and_more([picture.problem.replace(root, "") for picture in contents.damaged], len(contents.damaged)),
        )


def _copies(contents: Contents) -> Iterator[Finding]:
    twins = contents.copies
    if twins.across_splits:
        yield Finding(
            "mend",
            f"{twins.across_splits:,} pictures are in more than one split, byte for byte: what was learnt by heart "
            "would count as understood",
            "keep each in one split",
            _pairs(contents, twins.examples, "split"),
        )
    if twins.across_classes:
        yield Finding(
            "mend",
            f"{twins.across_classes:,} pictures are in more than one class, byte for byte",
            "keep each in its true class",
            _pairs(contents, twins.examples, "label"),
        )
    if twins.pictures > max(twins.across_splits, twins.across_classes):
        yield Finding(
            "look",
            f"{twins.pictures:,} pictures have a copy, byte for byte",
            "remove the copies, unless they should count more",
            _pairs(contents, twins.examples),
        )


def _lookalikes(contents: Contents) -> Iterator[Finding]:
    twins = contents.lookalikes
    if twins.across_splits:
        yield Finding(
            "look",
            f"{twins.across_splits:,} pictures look almost the same as one in another split",
            "if they show the same thing, keep them in one split",
            _pairs(contents, twins.examples, "split", "~"),
        )
    if twins.across_classes:
        yield Finding(
            "look",
            f"{twins.across_classes:,} pictures look almost the same as one in another class",
            "see whether both classes are right",
            _pairs(contents, twins.examples, "label", "~"),
        )
    if twins.pictures > max(twins.across_splits, twins.across_classes):
        yield Finding(
            "note",
            f"{twins.pictures:,} pictures look almost the same as another",
            "",
            _pairs(contents, twins.examples, sign="~"),
        )


def _balance(contents: Contents) -> Iterator[Finding]:
    if not contents.counts:
        return
    counts = dict(zip(contents.listing.classes, next(iter(contents.counts.values())), strict=True))
    few = [
        f"{printable(n)} ({counts[n]:,})"
        for n in sorted(counts, key=lambda n: counts[n])
        if counts[n] < FEWEST_MEASURED
    ]
    if few:
        subject = f"{plural(len(few), 'class', 'classes')} {'has' if len(few) == 1 else 'have'}"
        where = " to train on" if "train" in contents.counts else ""
        text = f"{subject} fewer than {FEWEST_MEASURED} pictures{where}"
        yield Finding("look", text, "add some, or expect less accuracy there", _first_and_more(few, len(few)))
    least, most = min(counts, key=lambda name: counts[name]), max(counts, key=lambda name: counts[name])
    if counts[most] > UNEVEN * counts[least]:
        yield Finding(
            "look",
            f"classes differ much in size: {printable(most)} has {counts[most]:,} pictures, {printable(least)} has "
            f"{counts[least]:,}",
            "add pictures to the small ones, and read the accuracy class by class",
        )


def _notes(contents: Contents) -> Iterator[Finding]:
    for note, pictures in contents.notes.items():
        paths = [printable(contents.path_of(picture)) for picture in pictures[:EXAMPLES]]
        yield Finding("note", note_on_pictures(len(pictures), note), "", _first_and_more(paths, len(pictures)))
    for note in contents.listing.notes:
        yield Finding("note", note)


def _pairs(
    contents: Contents, pairs: Sequence[tuple[int, int]], differing: str = "", sign: str = "="
) -> tuple[str, ...]:
    """Names some pairs: those that differ in an attribute or, without one, those that no other finding names."""
    chosen = [(contents.pictures[i], contents.pictures[j]) for i, j in pairs]
    if differing:
        chosen = [(a, b) for a, b in chosen if getattr(a.entry, differing) != getattr(b.entry, differing)]
    else:
        chosen = [(a, b) for a, b in chosen if (a.entry.split, a.entry.label) == (b.entry.split, b.entry.label)]
    return tuple(
        f"{printable(contents.path_of(a))} {sign} {printable(contents.path_of(b))}" for a, b in chosen[:EXAMPLES]
    )


def _first_and_more(texts: Sequence[str], total: int) -> tuple[str, ...]:
    more = (f"and {total - EXAMPLES:,} more",) if total > EXAMPLES else ()
    return (*texts[:EXAMPLES], *more)
