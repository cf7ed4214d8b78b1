"""The figures of packs, predicting, transfer and several processes, for the pages of docs/."""

from typing import Any

__all__ = ["pack_table", "predicting_table", "processes_line"]


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


def predicting_table(predicting: dict[str, Any]) -> str:
    """A row a number of views."""
    lines = [
        "| views | pictures/s | of decoding alone | times one at a time, in one thread | a core's time for each |",
        "|---|---|---|---|---|",
    ]
    for views in dict.fromkeys((1, predicting["run_views"])):
        name = f"views_{views}"
        lines.append(
            f"| {views} | {predicting[f'{name}_pictures_per_second']:,.0f} "
            f"| {predicting[f'{name}_over_decoding_alone']:.0%} | {predicting[f'{name}_over_one_by_one']:.1f} "
            f"| {predicting[f'{name}_processor_microseconds']:,.0f} µs |"
        )
    where = predicting["measured_on"]
    return "\n".join(lines) + (
        f"\n\n{predicting['pictures']:,} files; decoding alone, by Pillow in one thread: "
        f"{predicting['decoding_alone_pictures_per_second']:,.0f} pictures/s. Start-up is not in these figures: "
        f"`muslin predict` of one picture takes {predicting['one_picture_whole_process_seconds']:.1f} s in all. "
        f"On {where['processor']}, {where['threads']} cores, PyTorch {where['torch']}, {where['date']}."
    )


def processes_line(scaling: dict[str, Any]) -> str:
    """What two processes reach of one's speed."""
    low, middle, high = (scaling[f"ratio_{which}"] for which in ("min", "median", "max"))
    return f"They reach {middle:.0%} of its pictures/s in the median ({low:.0%} to {high:.0%}, by round)."
