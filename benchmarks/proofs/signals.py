"""Signals save and quit, a lost process is replaced, and a full disk destroys nothing."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.proofs.kills import torn
from benchmarks.proofs.processes import Muslin, Outcome, muslin, spread
from benchmarks.proofs.runs import Reference, differences, digest_of, epochs_of, fit_arguments, reference, write_data

from muslin.run import journal
from muslin.run.checkpoints import Checkpoints

__all__ = ["can_mount", "fill_disks", "lose_processes", "send_signals"]

ALLOWED_TO_SAVE, ALLOWED_TO_RESUME = 5.0, 20.0  # seconds
SIGNALS = (signal.SIGTERM, signal.SIGINT)
ROOM = 1 << 20  # bytes of the small disk


def send_signals(folder: Path, count: int) -> Outcome:
    """Sends SIGTERM and SIGINT to runs while they train, and resumes them; and a second signal to one of each."""
    data = write_data(folder)
    undisturbed = reference("coffee", data, folder / "coffee")

    def trial(number: int) -> tuple[list[str], float]:
        out = folder / f"signal-{number}"
        return stop_one(fit_arguments("coffee", data, out), out, undisturbed, number)

    results = spread(trial, range(count))
    problems = [problem for found, _ in results for problem in found]
    for second in SIGNALS:
        problems += insist(fit_arguments("lunch", data, folder / f"insist-{second}"), second)
    waits = sorted(seconds for _, seconds in results)
    return Outcome(count, problems, f"saved within {waits[-1]:.2f} s, half of them within {waits[len(waits) // 2]:.2f}")


def stop_one(arguments: tuple[object, ...], out: Path, undisturbed: Reference, number: int) -> tuple[list[str], float]:
    """Stops a run after one of its epochs and a moment, and goes on with it; gives problems and seconds to save."""
    generator = random.Random(number)  # noqa: S311 - nothing is secret here
    name, epoch = SIGNALS[number % 2], 1 + number // 2 % 2
    run = Muslin(*arguments)
    run.wait_for(f'"epoch": {epoch},')
    run.process.join(generator.uniform(0, 0.1))
    sent = time.monotonic()
    run.kill(name)
    ended = run.end()
    seconds = time.monotonic() - sent
    problems = []
    if ended.code != 128 + name or "Traceback" in ended.text:
        problems.append(f"{out.name}: exit code {ended.code}: {ended.text[-300:]}")
    if seconds > ALLOWED_TO_SAVE:
        problems.append(f"{out.name}: took {seconds:.1f} s")
    if '"interrupted"' not in ended.text:
        problems.append(f"{out.name}: was not interrupted")
    again = muslin("fit", "--resume", out, "--json")
    if again.code:
        return [*problems, f"{out.name}: {again.text}"], seconds
    return problems + differences(out, undisturbed), seconds


def insist(arguments: tuple[object, ...], second: signal.Signals) -> list[str]:
    """Sends SIGTERM, and a second signal as soon as it is noted, in the middle of a long step: it must quit unsaved."""
    run = Muslin(*arguments, "--batch-size", "270")
    run.wait_for('"start"')
    while not takes_sigterm(run):  # of this and the next there is no event to wait for
        os.sched_yield()
    run.kill(signal.SIGTERM)
    while takes_sigterm(run):
        os.sched_yield()
    sent = time.monotonic()
    run.kill(second)
    ended = run.end()
    seconds = time.monotonic() - sent
    if ended.code != 128 + second or '"interrupted"' in ended.text or seconds > ALLOWED_TO_SAVE:
        return [f"a second signal, {second.name}: exit code {ended.code} after {seconds:.1f} s: {ended.text}"]
    return []


def takes_sigterm(run: Muslin) -> bool:
    """Whether SIGTERM does not simply end a process."""
    status = Path(f"/proc/{run.process.pid}/status").read_text(encoding="ascii")
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def lose_processes(folder: Path, count: int) -> Outcome:
    """Kills one of the two processes of a run under `torchrun`; both start anew and must end with the same bits."""
    data = write_data(folder)
    started = time.monotonic()
    _, text = torchrun(fit_arguments("coffee", data, folder / "coffee"), None)
    undisturbed = Reference(digest_of(folder / "coffee"), epochs_of(folder / "coffee"), time.monotonic() - started)
    results = []
    for number in range(count):
        out = folder / f"rank-{number}"
        generator = random.Random(number)  # noqa: S311 - nothing is secret here
        seconds, text = torchrun(fit_arguments("coffee", data, out), generator)
        problems = torn(out)
        if seconds is None:
            problems.append(f"{out.name}: did not end well: {text[-2000:]}")
        elif seconds > ALLOWED_TO_RESUME:
            problems.append(f"{out.name}: went on after {seconds:.1f} s")
        results.append((problems + differences(out, undisturbed), seconds or 0))
    waits = sorted(seconds for _, seconds in results)
    seen = f"training again within {waits[-1]:.1f} s, half of them within {waits[len(waits) // 2]:.1f}"
    return Outcome(count, [problem for found, _ in results for problem in found], seen)


def torchrun(arguments: tuple[object, ...], generator: random.Random | None) -> tuple[float | None, str]:
    """Runs two processes; kills one of them if there is a generator to choose it, at an epoch and a moment.

    Returns:
        Seconds from the kill until training goes on, 0 without a kill, None if the run failed; and what it printed.
    """
    command = [
        sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--max-restarts", "3",
        "--standalone", "-m", "muslin", *map(str, arguments),
    ]  # fmt: skip
    environment = os.environ | {"TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1", "OMP_NUM_THREADS": "1"}
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "env": environment}
    with subprocess.Popen(command, **options) as launcher:  # type: ignore[call-overload]
        text, killed, waited = "", 0.0, 0.0
        moment = generator and f'"epoch": {generator.choice((1, 2))},'
        for line in launcher.stdout:
            text += line
            if generator and moment and moment in line and not killed:
                threading.Event().wait(generator.uniform(0, 0.3))
                os.kill(generator.choice(children_of(launcher.pid)), signal.SIGKILL)
                killed = time.monotonic()
            elif killed and not waited and line.startswith('{"event": "start"'):
                waited = time.monotonic() - killed
    return (waited if launcher.returncode == 0 else None), text


def children_of(process: int) -> list[int]:
    """Lists a process's own processes."""
    return sorted(map(int, Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()))


def can_mount() -> bool:
    """Whether this process may make a small disk."""
    return sys.platform == "linux" and os.geteuid() == 0


def fill_disks(folder: Path, count: int) -> Outcome:
    """Runs on disks of 1 MB with less room than it takes, makes room, and goes on."""
    data = write_data(folder)
    undisturbed = reference("sgd", data, folder / "sgd")
    generator = random.Random(0)  # noqa: S311 - nothing is secret here
    needed = sum(path.stat().st_size for path in (folder / "sgd").rglob("*"))
    problems, stages = [], []
    for number in range(count):
        with small_disk(folder / f"disk-{number}") as disk:
            room = generator.randrange(min(needed, ROOM))
            (disk / "filling").write_bytes(bytes(ROOM - room // 4096 * 4096))
            found, stage = fill_one(disk, fit_arguments("sgd", data, disk / "run"), undisturbed)
            problems += found
            stages.append(stage)
    seen = ", ".join(f"{stages.count(stage)} full {stage}" for stage in sorted(set(stages)))
    return Outcome(count, problems, seen)


@contextmanager
def small_disk(where: Path) -> Iterator[Path]:
    """Lends a disk of 1 MB."""
    where.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "muslin", where], check=True)
    try:
        yield where
    finally:
        subprocess.run(["umount", where], check=True)


def fill_one(disk: Path, arguments: tuple[object, ...], undisturbed: Reference) -> tuple[list[str], str]:
    """Runs until the disk is full, makes room, and goes on; gives problems, and when the disk was full."""
    out, problems = disk / "run", []
    ended = muslin(*arguments)
    if ended.code != 74 or "No space left on device; free some space" not in ended.text or "Traceback" in ended.text:
        problems.append(f"{disk.name}: exit code {ended.code}: {ended.text[-400:]}")
    warnings: list[str] = []
    newest = Checkpoints(out, keep=2).newest(warnings.append)
    problems += [f"{disk.name}: {warning}" for warning in warnings]
    begun = (out / "config.json").exists()
    stage = "at the start" if not begun else "before the first checkpoint" if newest is None else "later"
    (disk / "filling").unlink()
    subprocess.run(["mount", "-o", f"remount,size={8 * ROOM}", disk], check=True)
    again = muslin("fit", "--resume", out, "--json") if begun else muslin(*arguments)
    if again.code:
        return [*problems, f"{disk.name}: {again.text[-400:]}"], stage
    return problems + differences(out, undisturbed) + twice(out), stage


def twice(run: Path) -> list[str]:
    """Says so where the log has a step twice."""
    steps = [event["step"] for event in journal.read(run) if event["event"] == "epoch"]
    return [f"{run}: steps {steps}"] if len(set(steps)) < len(steps) else []
