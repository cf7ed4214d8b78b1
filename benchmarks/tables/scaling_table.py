"""The tables of how training speed scales, from what `scaling.py` saved."""

from typing import Any

__all__ = ["picture_rows", "scaling_table", "variant_rows"]

Rows = list[list[str]]


def scaling_table(result: dict[str, Any]) -> str:
    """Both tables in Markdown, and what they were measured with."""
    where = result["measured_on"]
    tables = markdown(variant_rows(result["variants"])), markdown(picture_rows(result["pictures"]))
    how = (
        f"On {where['processor']}, {where['threads']} cores, whose fastest convolution reached "
        f"{result['peak_gflops']:.0f} GFLOP/s in the same run; {where['date']}.\nTwo threads trained "
        f"{result['two_threads_to_one']:.2f} times as fast as one, taking turns."
    )
    return "\n\n".join((*tables, how))


def variant_rows(variants: dict[str, list[dict[str, Any]]]) -> Rows:
    """A heading, and a row a variant of the network or of what it is fed."""
    rows = [["varied", "pictures/s", "times `coffee`'s", "GFLOP/s", "of the peak"]]
    for name, measured in variants.items():
        for row in measured:
            figures = f"{row['pictures_per_second']:,}", f"{row['to_coffee']:.2f}", f"{row['gflops']:.0f}"
            rows.append([f"{name} {row[name.split()[-1]]:,}", *figures, f"{row['share_of_peak']:.0%}"])
    return rows


def picture_rows(pictures: list[dict[str, Any]]) -> Rows:
    """A heading, and a row for each number of pictures."""
    rows = [["pictures", "an epoch", "pictures/s", "peak memory", "of it the pictures"]]
    for row in pictures:
        sizes = f"{row['peak_memory_mb']:,} MB", f"{row['pictures_mb']:,} MB"
        rows.append([f"{row['pictures']:,}", f"{row['seconds']:.1f} s", f"{row['pictures_per_second']:,}", *sizes])
    return rows


def markdown(rows: Rows) -> str:
    """Writes rows as a table, the first being the heading."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], ["---"] * len(rows[0]), *rows[1:]))
