"""The figures of what is handed over: a served run beside others, and one picture through ONNX Runtime."""

from typing import Any

__all__ = ["onnx_sentence", "serving_sentence", "serving_table"]


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


def serving_sentence(result: dict[str, Any]) -> str:
    """How a served run compares with the others."""
    servers = result["servers"]
    rate = {name: one["requests_per_second_64"] for name, one in servers.items()}
    where = result["measured_on"]
    return (
        f"64 clients got {rate['muslin']:,.0f} answers a second, {rate['muslin'] / rate['litserve']:.1f} times what "
        f"LitServe gave and {rate['muslin'] / rate['plain']:.1f} times a plain FastAPI endpoint, which answer by "
        f"PyTorch; one client waits {servers['muslin']['p50_ms_1']:.1f} ms ({where['processor']}, {where['threads']} "
        f"cores which the clients share, {where['date']})."
    )


def onnx_sentence(result: dict[str, Any]) -> str:
    """What one picture takes by ONNX Runtime, and by `Classifier.predict`."""
    where = result["measured_on"]
    return (
        f"{result['onnx_milliseconds']:.2f} ms through ONNX Runtime {result['onnxruntime']} and "
        f"{result['predict_milliseconds']:.2f} ms through `Classifier.predict`, which also reads it: "
        f"{result['predict_over_onnx']:.1f} times as long (medians of {result['rounds']} rounds, in turns, in one "
        f"thread, by one view, on {where['processor']}, PyTorch {where['torch']}, {where['date']})."
    )
