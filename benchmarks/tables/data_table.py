"""The figures of packs, transfer and several processes, for docs/own-pictures.md and docs/scaling.md."""

from typing import Any

__all__ = ["pack_table", "processes_line"]


def pack_table(packs: dict[str, Any], transfer: dict[str, Any]) -> str:
    """A row a question."""
    rows = [
        (
            f"pack {packs['jpegs']:,} JPEGs of 64 x 64: hash, decode, write",
            f"{packs['packing_pictures_per_second']:,.0f} pictures/s",
        ),
        ("find and open that pack again", f"{packs['opening_again_seconds']:.1f} s"),
        ("read an epoch of 28 x 28 from memory", f"{packs['reading_resident_pictures_per_second']:,.0f} pictures/s"),
        ("the same, streamed from a pack", f"{packs['reading_streamed_pictures_per_second']:,.0f} pictures/s"),
        ("more time to train `coffee` from a streamed pack", f"{packs['training_extra_time']:+.1%}"),
        ("accuracy of one epoch, full shuffle", accuracy(packs, "full")),
        ("the same, windows over a pack's order", accuracy(packs, "windows_packed")),
        ("the same, windows over pictures sorted by class, which a pack never is", accuracy(packs, "windows_sorted")),
        (
            f"transfer: from {transfer['photographs']:,} photographs of 224 x 224 to a tested model",
            f"{transfer['wall_seconds']:.0f} s",
        ),
    ]
    where = packs["measured_on"]
    lines = ["| what | measured |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in rows)]
    return "\n".join(lines) + f"\n\nOn {where['processor']}, {where['threads']} cores, {where['date']}."


def accuracy(packs: dict[str, Any], order: str) -> str:
    """Mean and deviation over the seeds."""
    mean, deviation = packs[f"{order}_accuracy_after_1_epoch"], packs[f"{order}_accuracy_deviation"]
    return f"{100 * mean:.1f} ± {100 * deviation:.1f} %"


def processes_line(scaling: dict[str, Any]) -> str:
    """What two processes reach of one's speed."""
    low, middle, high = (scaling[f"ratio_{which}"] for which in ("min", "median", "max"))
    return f"They reach {middle:.0%} of its pictures/s in the median ({low:.0%} to {high:.0%}, by round)."
