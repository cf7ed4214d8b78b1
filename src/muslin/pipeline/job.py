"""Everything that is ready before the first step: what is asked, data, machine, model, folder."""

import json
import os
import platform
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import torch
from torch import nn

import muslin
from muslin.config import FitSettings
from muslin.data import fashion_mnist
from muslin.data.images import Splits
from muslin.data.sources import load_splits
from muslin.errors import DataError, RunError, SettingError
from muslin.metrics import Metrics
from muslin.models import build
from muslin.models.pretrained import PRETRAINED, load_pretrained
from muslin.pipeline.packing import Packing, tell_packing
from muslin.recipes import settings_for, sized
from muslin.run import journal
from muslin.run.bundle import read_weights
from muslin.run.checkpoints import Checkpoint, Checkpoints, decode
from muslin.run.files import SUMS
from muslin.run.folder import RUNS, RunFolder, find_run, list_runs, read_config, write_config
from muslin.training.distributed import World, is_restart, launch_name
from muslin.training.fit import EpochResult, Progress
from muslin.training.machine import Machine, prepare

__all__ = [
    "Job",
    "Notice",
    "Order",
    "Report",
    "Run",
    "absolute_source",
    "place_order",
    "prepare_job",
    "prepare_model",
    "share_order",
]

SMALL_SIDE, LARGE_SIDE = 32, 64  # pixels; larger pictures are photographs rather than signs
FEW = 2000  # training pictures
HEAD_TENSORS = 2  # weight and bias of the last layer, which depend on the classes


@dataclass(frozen=True)
class Notice:
    """Something that a person should know, and that does not stop the run."""

    text: str


@dataclass(frozen=True)
class Order:
    """What is asked for.

    Attributes:
        source: of the data: `fashion-mnist`, or an absolute path.
        recipe: its name.
        settings: what training does.
        out: the run's folder, None for a new one.
        again: `out` is a run that goes on.
        told: names of the settings that a person chose.
        cache: the folder for packs and features, None for the usual one.
    """

    source: str
    recipe: str
    settings: FitSettings
    out: Path | None
    again: bool
    told: tuple[str, ...]
    cache: Path | None


@dataclass(frozen=True)
class Job:
    """Everything that is ready before the first step.

    Attributes:
        order: what is asked for.
        splits: the data.
        machine: where and how to compute.
        world: the processes that train together.
        model: on the machine's device.
        folder: of the run.
        checkpoints: of the run; None in processes that write nothing.
        start: where a resumed run goes on; None at the beginning.
        started: `time.monotonic()` at the start, of a resumed run as if it had never stopped.
        date: local time at the start.
    """

    order: Order
    splits: Splits
    machine: Machine
    world: World
    model: nn.Module
    folder: Path
    checkpoints: Checkpoints | None
    start: Checkpoint | None
    started: float
    date: datetime

    @property
    def recipe(self) -> str:
        """The recipe's name."""
        return self.order.recipe

    @property
    def settings(self) -> FitSettings:
        """What training does."""
        return self.order.settings

    @property
    def resumed_step(self) -> int:
        """Optimizer steps that an earlier process took."""
        return self.start.step if self.start else 0

    @property
    def parameters(self) -> int:
        """How many numbers the model learns."""
        return sum(p.numel() for p in self.model.parameters())

    @property
    def sizes(self) -> dict[str, int]:
        """Pictures of each split."""
        return {name: len(getattr(self.splits, name)) for name in ("train", "validation", "test")}

    @property
    def learns_head(self) -> bool:
        """Tells whether a pretrained model's last layer is to be fitted first."""
        return self.settings.model in PRETRAINED and not self.settings.init and self.start is None

    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started


@dataclass(frozen=True)
class Run:
    """A run that ended.

    Attributes:
        folder: that holds it.
        epochs: one result for each finished epoch.
        test: the last weights' score; None when training was interrupted.
        ended: `done`, `early` or `interrupted`.
        seconds: from the start to the last file.
        signal: the number of the signal that interrupted it; None otherwise.
    """

    folder: Path
    epochs: tuple[EpochResult, ...]
    test: Metrics | None
    ended: str
    seconds: float
    signal: int | None = None


Report = Callable[[Job | Packing | Progress | EpochResult | Notice | Run], None]


def place_order(
    data: str | Path,
    recipe: str,
    out: Path | None,
    resume: str | Path | None,
    cache: Path | None,
    changes: dict[str, Any],
) -> Order:
    """Finds out what to do: as told, or as the run to resume was told.

    Raises:
        SettingError: a recipe or setting is unknown, a value is out of its range, or settings come with `resume`.
        RunError: the run to resume is missing or done.
    """
    lost = lost_run(out) if is_restart() and resume is None else None
    if resume is None and lost is None:
        settings = settings_for(recipe, changes)
        if settings.init:
            settings = replace(settings, init=str(find_run(settings.init).resolve()))
        return Order(absolute_source(data), recipe, settings, out, again=False, told=tuple(changes), cache=cache)
    if resume is not None and (changes or out):
        told = ", ".join([*changes, *(["out"] if out else [])])
        raise SettingError(f"a resumed run goes on with the settings it has; leave out: {told}")
    folder = lost or find_run(resume or "latest")
    config = read_config(folder)
    if is_done(folder):
        raise RunError(f"{folder} is done: nothing is left to resume; see it with: muslin evaluate {folder}")
    settings = FitSettings.restored(config["settings"])
    return Order(config["data"]["source"], config["recipe"], settings, folder, again=True, told=(), cache=cache)


def share_order(order: Order | None, world: World) -> Order:
    """Gives every process what the first one was asked for: another machine may not see the run to resume."""
    content = world.first_bytes(None if order is None else json.dumps(asdict(order), default=str).encode())
    values = json.loads(content or b"")
    values["settings"] = FitSettings.restored(values["settings"])
    paths = {name: values[name] and Path(values[name]) for name in ("out", "cache")}
    return Order(**values | paths | {"told": tuple(values["told"])})


def lost_run(out: Path | None) -> Path | None:
    """Finds the run that this process's predecessor left, after `torchrun` lost a process and started all anew."""
    candidates = [out] if out else [run.path for run in list_runs(RUNS)]
    for folder in candidates:
        if (folder / "config.json").is_file() and read_config(folder).get("launch") == launch_name():
            return folder
    return None


def is_done(folder: Path) -> bool:
    """Tells whether a run came to its end, with every file."""
    ended = [event["ended"] for event in journal.read(folder) if event["event"] == "end"]
    return bool(ended) and ended[-1] in ("done", "early") and (folder / SUMS).is_file()


def absolute_source(data: str | Path) -> str:
    """Names the data so that it can be found from any folder."""
    is_path = data != fashion_mnist.NAME and Path(data).exists()
    return str(Path(data).resolve() if is_path else data)


def prepare_job(order: Order, world: World, stack: ExitStack, report: Report) -> Job:
    """Loads the data, measures the machine, builds the model, takes the folder, and finds where to go on.

    Args:
        order: what is asked for.
        world: the processes that train together.
        stack: that gives the folder back at the end.
        report: told of what a person should know.

    Raises:
        MuslinError: something that a person can mend.
    """
    started, date = time.monotonic(), datetime.now().astimezone()
    splits = load_data(order, world, report)
    notes = list(splits.notes)
    if not order.again:
        settings = sized(order.settings, len(splits.train), order.told)
        if settings != order.settings:
            notes.append(f"few pictures: {settings.epochs} epochs of batches of {settings.batch_size}")
        order = replace(order, settings=settings)
    check_batches(len(splits.train), order.settings.batch_size, world.size)
    machine = choose_machine(order, world, report)
    model = prepare_model(splits, order.settings, machine)
    folder, checkpoints, start = take_folder(order, world, stack, report)
    if start:
        started -= start.values["plan"]["elapsed"]
    job = Job(order, splits, machine, world, model, folder, checkpoints, start, started, date)
    if world.is_first:
        if order.again:
            hold_against(job, read_config(folder), report)
            (folder / SUMS).unlink(missing_ok=True)
            journal.rewind(folder, job.resumed_step)
            journal.append(folder, "resume", step=job.resumed_step)
        else:
            write_config(folder, describe(job))
    for note in (*notes, *suggestions(job)):
        report(Notice(note))
    return job


def check_batches(pictures: int, batch_size: int, processes: int) -> None:
    """Raises SettingError unless every process gets a picture of every batch."""
    smallest = pictures // -(-pictures // batch_size)
    if smallest < processes:
        raise SettingError(
            f"batch_size {batch_size} cuts {pictures:,} training pictures into batches of {smallest}; each of "
            f"{processes} processes needs a picture of every batch: start fewer processes, or raise batch_size"
        )


def load_data(order: Order, world: World, report: Report) -> Splits:
    """Loads the data; the first process on a machine does so before the others, and packs it if need be."""
    settings = order.settings
    if not world.is_first_here:
        world.wait()
    splits = load_splits(
        order.source,
        validation=settings.validation,
        seed=settings.seed,
        size=settings.size,
        cache=order.cache,
        on_bad=settings.on_bad,
        progress=tell_packing(report),
    )
    if world.is_first_here:
        world.wait()
    return splits


def choose_machine(order: Order, world: World, report: Report) -> Machine:
    """Measures what is fast here; all processes, and a resumed run, compute as the first one did: bits depend on it."""
    machine = prepare(order.settings.device, order.settings.precision)
    if order.again and world.is_first:
        assert order.out is not None
        before = read_config(order.out)["machine"]
        for name, value in (("device", str(machine.device)), ("threads", machine.threads)):
            if before[name] != value:
                report(Notice(f"{name} was {before[name]} and is {value} now: the result can differ in its last bits"))
        machine = replace(machine, bf16=before["bf16"], channels_last=before["channels_last"])
    bf16, channels_last = world.first(machine.bf16), world.first(machine.channels_last)
    return replace(machine, bf16=bool(bf16), channels_last=bool(channels_last))


def prepare_model(splits: Splits, settings: FitSettings, machine: Machine) -> nn.Module:
    """Builds the model under the seed, on the device, in the layout that is fast there.

    Raises:
        SettingError: no such model, or it has nothing to learn.
    """
    torch.manual_seed(settings.seed)
    model = build(settings.model, splits.spec)
    if not any(p.requires_grad for p in model.parameters()):
        raise SettingError(f"model {settings.model} has no parameters to learn; choose another")
    if settings.init:
        start_from(model, Path(settings.init))
    elif settings.model in PRETRAINED:
        load_pretrained(settings.model, model)
    return model.to(machine.device, memory_format=machine.memory_format)  # type: ignore[call-overload, no-any-return]


def start_from(model: nn.Module, run: Path) -> None:
    """Copies the weights of a run that fit a model's by name and shape: all but the head where the classes differ.

    Raises:
        SettingError: the run's model is another one.
    """
    weights = read_weights(run)
    own = model.state_dict()
    fitting = {name: t for name, t in weights.items() if name in own and own[name].shape == t.shape}
    left = [name for name in own if name not in fitting]
    if len(left) > HEAD_TENSORS:
        raise SettingError(
            f"init is {run}, whose model is another one: {len(left)} of {len(own)} tensors do not fit, such as "
            f"{left[0]}; name the run's model with --model"
        )
    model.load_state_dict(fitting, strict=False)


def take_folder(
    order: Order, world: World, stack: ExitStack, report: Report
) -> tuple[Path, Checkpoints | None, Checkpoint | None]:
    """Takes the run's folder for this process alone, and finds the newest good checkpoint in it.

    Raises:
        RunError: the folder is in use, holds something else, or cannot be written in.
    """
    folder, checkpoints, newest = order.out, None, None
    if world.is_first:
        folder = stack.enter_context(RunFolder(order.out, order.recipe, again=order.again)).path
        checkpoints = stack.enter_context(Checkpoints(folder, order.settings.keep))
        newest = checkpoints.newest(lambda problem: report(Notice(problem)))
    name = world.first_bytes(os.fsencode(folder) if folder else b"")
    content = world.first_bytes(newest)
    return Path(os.fsdecode(name or b"")), checkpoints, decode(content) if content else None


def describe(job: Job) -> dict[str, Any]:
    """Gathers what `config.json` records."""
    return {
        "started": job.date.isoformat(),
        "recipe": job.recipe,
        "settings": asdict(job.settings),
        "data": {"name": job.splits.name, "source": job.order.source} | job.sizes,
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
    """Names the versions that bits can depend on."""
    return {"muslin": muslin.__version__, "torch": torch.__version__, "python": platform.python_version()}


def hold_against(job: Job, before: dict[str, Any], report: Report) -> None:
    """Compares a run that goes on with what it was when it began.

    Raises:
        DataError: its data have changed.
    """
    now = describe(job)
    for part in ("data", "statistics"):
        if before[part] != now[part]:
            raise DataError(
                f"the data of {job.folder} have changed since it began: {before[part]} then, {now[part]} now; "
                "bring the old data back, or start a new run"
            )
    if before["machine"]["processes"] != job.world.size:
        was = before["machine"]["processes"]
        report(Notice(f"{was} processes trained before and {job.world.size} do now: last bits can differ"))
    for name, version in before["versions"].items():
        if version != now["versions"][name]:
            report(Notice(f"{name} was {version} and is {now['versions'][name]} now: last bits can differ"))


def suggestions(job: Job) -> list[str]:
    """Says what could do better on such data."""
    spec, settings = job.splits.spec, job.settings
    side, count = min(spec.height, spec.width), len(job.splits.train)
    if settings.model in PRETRAINED or settings.init or job.order.source == fashion_mnist.NAME:
        return []
    if side >= LARGE_SIDE or (side >= SMALL_SIDE and count < FEW):
        pictures = f"{count:,} pictures of {spec.width}x{spec.height} pixels"
        return [f"{pictures}: a network that has seen many photographs may do better; try --model efficientnet_lite0"]
    return []
