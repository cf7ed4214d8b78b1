"""The figures of the lecture's page, from what `measure/lecture_page.py` saved."""

from typing import Any

__all__ = ["page_table"]


def page_table(page: dict[str, Any]) -> str:
    """A row a question, and what it was measured with."""
    rows = [
        ("until its text can be read, cold", f"{page['readable_seconds']:.2f} s"),
        ("until a first widget answers, cold", f"{page['interactive_seconds']:.2f} s"),
        ("transferred until then", f"{page['bytes_before_interaction'] / 1e6:.2f} MB"),
        (
            "epochs/s of the plane's first net, drawn as it goes",
            f"{page['epochs_a_second']:,.0f}, 95 of 100 frames within {page['frame_ms_p95']:.0f} ms",
        ),
        ("the same, an epoch a frame", f"{page['epochs_a_second_by_an_epoch_a_frame']:,.0f}"),
        ("of a core, while nobody does anything", f"{page['idle_share_of_a_core']:.2%}"),
        ("memory of `muslin lecture`, one page open", f"{page['server_bytes'] / 1e6:.0f} MB"),
        ("memory that each of 30 more takes of it", f"{page['server_bytes_a_page'] / 1e6:.2f} MB"),
    ]
    where = page["measured_on"]
    lines = ["| what | measured |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in rows)]
    return "\n".join(lines) + f"\n\nOn {where['processor']}, {where['threads']} cores, {where['date']}."
