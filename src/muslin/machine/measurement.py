"""How fast this machine computes, by which way of computing: measured once, in a quiet moment, and kept.

The way decides the last bits of all that is computed, so that no noisy moment may decide the way. A measurement is kept
in the cache folder, by device, threads and versions, and every later run reads it. One that other work disturbed is not
kept, and decides nothing: then the way is the usual one, which follows from what the processor says it has. A quiet one
takes another way only where that is clearly and repeatedly faster.
"""

import hashlib
import json
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from statistics import median

import torch
import torch.nn.functional as F

from muslin.errors import RunError
from muslin.files import cache_folder, write_whole

__all__ = ["Measurement", "find_measurement", "measure"]

FORMAT = 1
WORTHWHILE = 1.15  # times faster that a way must be than the usual one before it is taken
REPEATED = 0.8  # share of the rounds in which it must be so
ROUNDS, GLANCES = 5, 3
GLANCE_BATCH = 4
HOPELESS = 5  # times slower than the fastest way
BATCH, CHANNELS, SIDE = 32, 64, 14  # a typical convolution of a small-picture ResNet
OPERATIONS = 3 * 2 * 9 * CHANNELS**2 * SIDE**2  # forward and backward, for each picture
MOST_WAITING = 0.05  # share of its threads' time that a quiet moment lets the process wait for a core
MOST_SPREAD = 1.5  # times longer than the best round that the middle one may take in a quiet moment

Way = tuple[torch.dtype, torch.memory_format]
WAYS: dict[str, Way] = {
    "fp32": (torch.float32, torch.contiguous_format),
    "fp32 channels last": (torch.float32, torch.channels_last),
    "bf16": (torch.bfloat16, torch.contiguous_format),
    "bf16 channels last": (torch.bfloat16, torch.channels_last),
}
FP32, BF16 = ("fp32", "fp32 channels last"), ("bf16", "bf16 channels last")
BF16_FLAGS = {"amx_bf16", "avx512_bf16"}  # by which Linux says that a processor computes in bfloat16


@dataclass(frozen=True)
class Measurement:
    """What a device was measured to do.

    Attributes:
        speeds: best GFLOP/s of a 3x3 convolution, forward and backward, by way of computing.
        rounds: the same for each round, in which the ways took turns.
        usual: `bf16` where the device says that it computes in bfloat16, else `fp32`.
        is_quiet: whether nothing disturbed it.
        date: local time with its zone, ISO 8601.
        file: where it is kept; None where it is not.
    """

    speeds: dict[str, float]
    rounds: list[dict[str, float]] = field(default_factory=list)
    usual: str = "fp32"
    is_quiet: bool = True
    date: str = ""
    file: Path | None = None

    @property
    def prefers_bf16(self) -> bool:
        """Whether to compute in bfloat16: by what is usual, unless the other is clearly and repeatedly faster."""
        if self.usual == "bf16":
            return not self._beats(FP32, BF16)
        return self._beats(BF16, FP32)

    def prefers_channels_last(self, kind: str) -> bool:
        """Whether to lay pictures out with the channels together: unless the other layout is clearly faster.

        Args:
            kind: `fp32` or `bf16`.
        """
        return not self._beats((kind,), (f"{kind} channels last",))

    def _beats(self, ways: Sequence[str], usual: Sequence[str]) -> bool:
        times = sum(exceeds(one, ways, usual) for one in self.rounds)
        return self.is_quiet and exceeds(self.speeds, ways, usual) and times >= REPEATED * len(self.rounds)


def exceeds(speeds: Mapping[str, float], ways: Sequence[str], usual: Sequence[str]) -> bool:
    """Whether the fastest of some ways is worthwhile faster than the fastest of the usual ones."""
    fastest, best_usual = (max((speeds.get(way, 0) for way in some), default=0) for some in (ways, usual))
    return fastest > WORTHWHILE * best_usual


def find_measurement(device: torch.device, *, anew: bool = False) -> Measurement:
    """Returns what is kept of a device; measures it where nothing is, and keeps that if the moment was quiet.

    Args:
        device: to compute on; PyTorch has the threads that it will have.
        anew: measure in any case. A disturbed measurement does not replace what is kept.
    """
    file = file_for(device)
    kept = None if anew else read_measurement(file)
    if kept is not None:
        return kept
    measured = measure(device)
    if not measured.is_quiet:
        return measured
    values = {name: value for name, value in asdict(measured).items() if name not in ("is_quiet", "file")}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, json.dumps({"format": FORMAT, "for": description(device)} | values, indent=2) + "\n")
    except (OSError, RunError):  # a run needs no cache
        return measured
    return replace(measured, file=file)


def read_measurement(file: Path) -> Measurement | None:
    """Reads a kept measurement; None where there is none, or it is damaged or of another version."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        values = json.loads(file.read_text(encoding="utf-8"))
        speeds = {str(name): float(speed) for name, speed in values["speeds"].items()}
        rounds = [{str(name): float(speed) for name, speed in one.items()} for one in values["rounds"]]
        if values["format"] == FORMAT and set(FP32) <= speeds.keys() and min(speeds.values()) > 0:
            return Measurement(speeds, rounds, str(values["usual"]), date=str(values["date"]), file=file)
    return None


def file_for(device: torch.device) -> Path:
    """Names the file that keeps the measurement of a device as it would be used now."""
    key = hashlib.sha256(json.dumps([FORMAT, description(device)]).encode()).hexdigest()[:16]
    return cache_folder() / "machine" / f"{device.type}-{key}.json"


def description(device: torch.device) -> dict[str, object]:
    """Returns all that a measurement depends on."""
    return {
        "processor": torch.cuda.get_device_name(device) if device.type == "cuda" else processor_name(),
        "device": device.type,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }


def processor_name() -> str:
    """Names the processor as the system does."""
    return cpuinfo("model name") or platform.processor() or platform.machine()


def cpuinfo(name: str) -> str:
    """Returns what Linux says of the first core under that name; empty where it says nothing."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as file:
            lines = (line.partition(":") for line in file)
            return next((value.strip() for key, _, value in lines if key.strip() == name), "")
    except OSError:
        return ""


def usual_type(device: torch.device) -> str:
    """Returns `bf16` where a device says that it computes in bfloat16, else `fp32`."""
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    says_so = device.type == "cpu" and bool(BF16_FLAGS & set(cpuinfo("flags").split()))
    return "bf16" if says_so else "fp32"


def measure(device: torch.device) -> Measurement:
    """Measures a 3x3 convolution, forward and backward, by type and layout.

    The ways take turns, so that other work on the machine slows all of them alike. Bfloat16 that is hopeless with few
    pictures, as it is where the processor lacks it, gets no more. The process's very first convolution, which also
    starts threads and brings in libraries, is nobody's.
    """
    ways = WAYS if device.type != "mps" else {name: WAYS[name] for name in FP32}  # no dependable autocast there
    usual = usual_type(device)
    glances = {name: probe(device, *way, GLANCE_BATCH) for name, way in ways.items()}
    next(iter(glances.values()))()
    for glance in glances.values():
        glance()  # the first call also compiles and allocates
    looks = [{name: timed(glance) / GLANCE_BATCH for name, glance in glances.items()} for _ in range(GLANCES)]
    glimpsed = {name: min(look[name] for look in looks) for name in ways}  # seconds a picture
    hopeless = [n for n in BF16 if n in ways and usual != "bf16" and glimpsed[n] > HOPELESS * min(glimpsed.values())]
    probes = {name: probe(device, *ways[name], BATCH) for name in ways if name not in hopeless}
    for work in probes.values():
        work()
    started, waited = time.perf_counter(), seconds_waited()
    rounds = [{name: timed(work) / BATCH for name, work in probes.items()} for _ in range(ROUNDS)]
    waiting = (seconds_waited() - waited) / (time.perf_counter() - started) / torch.get_num_threads()
    rounds = [one | {name: glimpsed[name] for name in hopeless} for one in rounds]
    best = {name: min(one[name] for one in rounds) for name in ways}
    agree = all(median(one[name] for one in rounds) <= MOST_SPREAD * best[name] for name in probes)
    return Measurement(
        speeds_of(best), [speeds_of(one) for one in rounds], usual, agree and waiting <= MOST_WAITING,
        datetime.now().astimezone().isoformat(timespec="seconds"),
    )  # fmt: skip


def speeds_of(seconds: Mapping[str, float]) -> dict[str, float]:
    """Returns the GFLOP/s of each way for the seconds that a picture takes."""
    return {name: OPERATIONS / each / 1e9 for name, each in seconds.items()}


def seconds_waited() -> float:
    """Returns for how long this process's threads, in sum, were ready to compute while no core was free.

    Linux counts that for each thread; elsewhere it is 0, and the rounds' agreement alone tells a quiet moment.
    """
    total = 0
    for file in Path("/proc/self/task").glob("*/schedstat"):
        with suppress(OSError, ValueError, IndexError):  # a thread may end meanwhile
            total += int(file.read_text(encoding="ascii").split()[1])
    return total / 1e9


def probe(device: torch.device, dtype: torch.dtype, layout: torch.memory_format, batch: int) -> Callable[[], None]:
    """Prepares one forward and backward pass of a convolution over a batch of pictures."""
    filters = torch.ones(CHANNELS, CHANNELS, 3, 3, device=device, dtype=dtype)
    filters = filters.contiguous(memory_format=layout).requires_grad_()
    images = torch.ones(batch, CHANNELS, SIDE, SIDE, device=device, dtype=dtype)
    images = images.contiguous(memory_format=layout).requires_grad_()

    def forward_backward() -> None:
        output = F.conv2d(images, filters, padding=1)  # (B, C, H, W)
        output.sum().backward()  # a gradient of one's own would bring SymPy in, which takes half a second
        synchronise(device)

    return forward_backward


def timed(work: Callable[[], None]) -> float:
    """Times one call, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def synchronise(device: torch.device) -> None:
    """Waits until the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
