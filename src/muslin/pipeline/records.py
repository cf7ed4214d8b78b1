"""What `config.json` records of a run, what must be the same when it goes on, and what could do better."""

import math
import platform
from dataclasses import asdict
from typing import Any

import torch

from muslin.data.images import labels_digest
from muslin.data.sources import fashion_mnist
from muslin.distributed.world import launch_name
from muslin.errors import DataError
from muslin.files import SUMS
from muslin.models.pretrained import PRETRAINED_WEIGHTS
from muslin.pipeline.events import Notice, Report
from muslin.pipeline.job import Job
from muslin.run import journal
from muslin.run.folder import read_config, write_config
from muslin.run.known import read_known, write_known
from muslin.version import __version__

__all__ = ["versions"]

SMALL_SIDE, LARGE_SIDE = 32, 64  # pixels; larger pictures are photographs rather than signs
FEW_PHOTOGRAPHS = 2000  # training pictures of which a new network learns less than one that has seen many


def open_records(job: Job, report: Report) -> None:
    """Writes `config.json` of a new run and what it knows; of one that goes on, takes back what was logged too early.

    Args:
        job: what is about to be trained.
        report: told of what changed since the run began.

    Raises:
        DataError: the data of a run that goes on have changed.
        RunError: the folder cannot be read or written.
    """
    folder = job.folder
    if not job.request.resumes:
        write_known(folder, job.splits, job.settings.init)
        write_config(folder, config_of(job))
        return
    before = read_config(folder)
    check_unchanged(job, before, report)
    if job.request.source != before["data"]["source"]:
        write_config(folder, before | {"data": before["data"] | {"source": job.request.source}})
    if read_known(folder) is None:
        write_known(folder, job.splits, job.settings.init)
    (folder / SUMS).unlink(missing_ok=True)
    journal.rewind(folder, len(job.start.values["results"]) if job.start else 0)
    journal.append(folder, "resume", step=job.resumed_step)


def config_of(job: Job) -> dict[str, Any]:
    """Returns what `config.json` records."""
    return {
        "started": job.date.isoformat(),
        "recipe": job.recipe,
        "settings": asdict(job.settings),
        "data": {"name": job.splits.name, "source": job.request.source, "labels": labels_digest(job.splits)}
        | {"rule": job.request.rule}
        | job.sizes,
        "notes": list(job.splits.notes),
        "statistics": {"mean": list(job.splits.spec.mean), "std": list(job.splits.spec.std)},
        "parameters": job.parameters,
        "machine": {
            "platform": platform.platform(),
            "device": str(job.machine.device),
            "threads": job.machine.threads,
            "processes": job.world.size,
            "bf16": job.machine.bf16,
            "channels_last": job.machine.channels_last,
            "convolution_gflops": {name: round(speed, 1) for name, speed in job.machine.speeds.items()},
        },
        "versions": versions(),
        "launch": launch_name(),
    }


def versions() -> dict[str, str]:
    """Returns the versions that bits can depend on, by name."""
    return {"muslin": __version__, "torch": torch.__version__, "python": platform.python_version()}


def check_unchanged(job: Job, before: dict[str, Any], report: Report) -> None:
    """Compares a run that goes on with what it was when it began.

    Args:
        job: the run as it goes on.
        before: its `config.json`.
        report: told of what changed and may change last bits.

    Raises:
        DataError: its data have changed.
    """
    now = config_of(job)
    content = [name for name in before["data"] if name not in ("name", "source")]  # these say where it lies
    is_same_data = all(before["data"][name] == now["data"].get(name) for name in content)
    same = {"data": is_same_data, "statistics": are_close(before["statistics"], now["statistics"])}
    for part, is_same in same.items():
        if not is_same:
            raise DataError(
                f"the data of {job.folder} have changed since it began: {before[part]} then, {now[part]} now; "
                "bring the old data back, or name where they are, or start a new run"
            )
    if before["machine"]["processes"] != job.world.size:
        was = before["machine"]["processes"]
        report(Notice(f"{was} processes trained before and {job.world.size} do now: last bits can differ"))
    for name, version in before["versions"].items():
        if version != now["versions"][name]:
            report(Notice(f"{name} was {version} and is {now['versions'][name]} now: last bits can differ"))


def are_close(before: dict[str, list[float]], now: dict[str, list[float]]) -> bool:
    """Whether statistics are the same but for rounding, in which machines differed once."""
    return all(
        len(before[name]) == len(now[name])
        and all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(before[name], now[name], strict=True))
        for name in now
    )


def suggestions(job: Job) -> list[str]:
    """Returns what could do better on such data, a sentence each."""
    spec, settings = job.splits.spec, job.settings
    side, count = min(spec.height, spec.width), len(job.splits.train)
    if settings.model in PRETRAINED_WEIGHTS or settings.init or job.request.source == fashion_mnist.NAME:
        return []
    if side >= LARGE_SIDE or (side >= SMALL_SIDE and count < FEW_PHOTOGRAPHS):
        pictures = f"{count:,} pictures of {spec.width}x{spec.height} pixels"
        return [f"{pictures}: a network that has seen many photographs may do better; try --model efficientnet_lite0"]
    return []
