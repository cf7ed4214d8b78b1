"""A checkpoint is whole or absent, a killed run is resumed to the same bits, and the same seed gives the same bits."""

import os
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import torch
from benchmarks.proofs.processes import SERVER, Muslin, Outcome, busy_cores, muslin, spread
from benchmarks.proofs.runs import VARIANTS, Reference, differences, fit_arguments, reference, write_data

from muslin.errors import RunError
from muslin.models.pretrained import has_pretrained
from muslin.run import journal
from muslin.run.checkpoints import Checkpoint, Checkpoints, decode

__all__ = ["kill_runs", "kill_runs_busily", "kill_saves", "repeat_a_seed", "repeat_a_seed_busily"]

MOST_SECONDS = 0.6  # until a process that only saves is killed: some ten saves


def kill_saves(folder: Path, count: int) -> Outcome:
    """Kills processes that save a 5 MB checkpoint over and over; the newest one must be whole every time."""
    generator = random.Random(0)  # noqa: S311 - nothing is secret here
    problems, newest = [], -1
    for number in range(count):
        process = SERVER.Process(target=save_for_ever, args=(folder, newest + 1))
        process.start()
        process.join(generator.uniform(0, MOST_SECONDS) if newest >= 0 else MOST_SECONDS)
        process.kill()
        process.join()
        warnings: list[str] = []
        content = Checkpoints(folder, keep=2).newest(warnings.append)
        step = -1 if content is None else decode(content).step
        problems += [f"kill {number}: {warning}" for warning in warnings]
        if step < newest:
            problems.append(f"kill {number}: the newest checkpoint is {step}, and {newest} was there before")
        if left := list((folder / "checkpoints").glob(".*")):
            problems.append(f"kill {number}: {left} left behind")
        newest = step
    return Outcome(count, problems, f"{newest + 1:,} checkpoints were written meanwhile")


def save_for_ever(folder: Path, step: int) -> None:
    """Saves checkpoint after checkpoint, in a process that is killed."""
    with Checkpoints(folder, keep=2) as checkpoints:
        while True:
            checkpoints.save(Checkpoint(step, {"model.weight": torch.full((1_300_000,), float(step))}, {}), best=0)
            step += 1


def kill_runs(folder: Path, count: int, meanwhile: Callable[[], AbstractContextManager[None]] = nullcontext) -> Outcome:
    """Kills runs of every recipe at random moments, some twice, and resumes them; `meanwhile` is entered for that."""
    data = write_data(folder)
    names = [name for name in VARIANTS if name != "pretrained" or has_pretrained("efficientnet_lite0")]
    undisturbed = {name: reference(name, data, folder / name) for name in names[:count]}
    chosen = [name for name in names if name in undisturbed and name != "pretrained"]
    trials = [(number, chosen[number % len(chosen)]) for number in range(count)]
    if "pretrained" in undisturbed:
        trials[-1] = (count - 1, "pretrained")

    def trial(given: tuple[int, str]) -> tuple[list[str], int | None]:
        number, name = given
        out = folder / f"{name}-{number}"
        return kill_one(fit_arguments(name, data, out), out, undisturbed[name], number)

    with meanwhile():
        results = spread(trial, trials)
    resumed_at = [step for _, step in results]
    seen = (
        f"{sum(step is None for step in resumed_at)} before the first step was saved, "
        f"{sum(bool(step) for step in resumed_at)} later; {', '.join(undisturbed)}"
    )
    return Outcome(count, [problem for problems, _ in results for problem in problems], seen)


def kill_one(
    arguments: tuple[object, ...], out: Path, undisturbed: Reference, number: int
) -> tuple[list[str], int | None]:
    """Kills one run, resumes it, and kills every third one again on its way; gives problems and the step resumed at."""
    generator = random.Random(number)  # noqa: S311 - nothing is secret here
    for _ in range(2 if number % 3 == 2 else 1):
        Muslin(*go_on(arguments, out)).kill_after(generator.uniform(0, undisturbed.seconds))
    problems = torn(out)
    finish = go_on(arguments, out)
    ended = muslin(*finish)
    is_done = "is done: nothing is left to resume" in ended.text
    if (ended.code and not is_done) or "Traceback" in ended.text:
        return [*problems, f"{out.name}: {ended.text}"], None
    resumed = [event["step"] for event in journal.read(out) if event["event"] == "resume"]
    return problems + differences(out, undisturbed), resumed[-1] if resumed else None


def go_on(arguments: tuple[object, ...], out: Path) -> tuple[object, ...]:
    """Returns the command line that goes on with a run, or begins it where the kill came before it had begun."""
    return ("fit", "--resume", out, "--json") if (out / "config.json").exists() else arguments


def torn(out: Path) -> list[str]:
    """Says so where more of a log than its last line is damaged."""
    try:
        journal.read(out)
    except RunError as error:
        return [str(error)]
    return []


def repeat_a_seed(folder: Path, count: int) -> Outcome:
    """Trains with one seed over and over, in processes that start from nothing and measure the machine each time."""
    data = write_data(folder)
    digests = [train_from_nothing(data, folder / str(number)) for number in range(count)]
    return same(digests)


def repeat_a_seed_busily(folder: Path, count: int) -> Outcome:
    """Does so once on a machine left alone, and then while other work keeps every core busy."""
    data = write_data(folder)
    alone = train_from_nothing(data, folder / "alone")
    with busy_cores():
        digests = [train_from_nothing(data, folder / str(number)) for number in range(count)]
    return same([alone, *digests])


def train_from_nothing(data: Path, out: Path) -> bytes:
    """Trains in a new process with an empty cache, as precisely as the machine prefers; gives the weights' bytes."""
    command = [sys.executable, "-m", "muslin", *map(str, fit_arguments("coffee", data, out)), "--set", "precision=auto"]
    environment = os.environ | {"MUSLIN_CACHE": str(out.with_suffix(".cache"))}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return (out / "model.safetensors").read_bytes()


def same(results: Sequence[bytes]) -> Outcome:
    """Holds the results of one seed against each other."""
    different = len(set(results))
    problems = [f"{different} different results of {len(results)} runs"] if different > 1 else []
    return Outcome(len(results), problems)


def kill_runs_busily(folder: Path, count: int) -> Outcome:
    """Kills and resumes runs while other work keeps every core busy; they end as those that were left alone."""
    return kill_runs(folder, count, busy_cores)
