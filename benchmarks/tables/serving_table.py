"""The table of a served run beside LitServe and a plain endpoint, from what `measure/serving.py` saved."""

from typing import Any

__all__ = ["serving_table"]


def serving_table(result: dict[str, Any]) -> str:
    """The table in Markdown, and what it was measured with."""
    lines = [
        "| | requests/s, 64 clients | p50 | p99 | requests/s, 1 client | p50 | p99 | to the first answer | memory |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [f"| {one['title']} | {cells(one)} |" for one in result["servers"].values()]
    where, versions = result["measured_on"], ", ".join(f"{k} {v}" for k, v in sorted(result["versions"].items()))
    how = f"On {where['processor']}, {where['threads']} cores which wrk shares, {where['date']}; {versions}"
    return "\n".join([*lines, "", f"{how}; medians of {result['rounds']} rounds."])


def cells(one: dict[str, Any]) -> str:
    """One server's figures."""
    loads = [
        f"{one[f'requests_per_second_{clients}']:,.0f}{failed(one[f'failed_{clients}'])} "
        f"| {one[f'p50_ms_{clients}']:,.1f} ms | {one[f'p99_ms_{clients}']:,.1f} ms"
        for clients in (64, 1)
    ]
    return f"{' | '.join(loads)} | {one['ready_seconds']:.1f} s | {one['memory_mb']:,.0f} MB"


def failed(count: float) -> str:
    """Says how many requests were not answered with 200, if any."""
    return f" ({count:,.0f} failed)" if count else ""
