"""Starts several processes on this machine that compute together, as torchrun would."""

import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


def together(size: int, *arguments: str | Path, folder: Path) -> list[Ended]:
    """Runs `python -m tests.distributed.member ARGUMENTS...` in `size` processes, and waits for them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    common = {
        "WORLD_SIZE": size, "LOCAL_WORLD_SIZE": size, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port,
        "GLOO_SOCKET_IFNAME": "lo", "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
    }  # fmt: skip
    command = [sys.executable, "-W", "error", "-m", "tests.distributed.member", *map(str, arguments)]
    processes = [
        subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=os.environ | {n: str(value) for n, value in (common | {"RANK": rank, "LOCAL_RANK": rank}).items()},
        )
        for rank in range(size)
    ]  # fmt: skip
    try:
        outputs = [process.communicate(timeout=120) for process in processes]
    finally:
        for process in processes:
            process.kill()
    return [Ended(p.returncode, out, err) for p, (out, err) in zip(processes, outputs, strict=True)]
