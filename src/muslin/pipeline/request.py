"""What is asked for: by a person, or by the run that goes on."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

from muslin.config import FitSettings
from muslin.data.arrays.given import ARRAYS, Arrays
from muslin.data.files.cut import Rule
from muslin.data.sources import fashion_mnist
from muslin.data.sources.source import Origin
from muslin.distributed.world import World, is_restart, launch_name
from muslin.errors import DataError, RunError, SettingError
from muslin.files import SUMS
from muslin.recipes import DEFAULT, settings_for
from muslin.run import journal
from muslin.run.folder import RUNS, find_run, is_run, list_runs, read_config
from muslin.text import join_words, printable

__all__ = ["Request", "broadcast_request", "read_request", "with_arrays"]


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        source: the data's source: `fashion-mnist`, an absolute path, or the name of arrays, which holds their digest.
        recipe: the recipe's name.
        settings: what training does.
        out: the run's folder, None for a new one.
        recipe_is_named: whether a person named the recipe: a short time calls for no other then.
        resumes: whether `out` is a run that goes on.
        changes: the settings that a person chose, by name.
        cache: the folder for packs and features, None for the usual one.
        arrays: the arrays that `source` names, which every process was given; None for other data.
        rule: how a test split is cut off where the source brings none.
    """

    source: str
    recipe: str
    settings: FitSettings
    out: Path | None
    recipe_is_named: bool
    resumes: bool
    changes: dict[str, Any]
    cache: Path | None
    arrays: Arrays | None = None
    rule: Rule = "threshold"

    @property
    def origin(self) -> Origin:
        """Returns what is to be loaded."""
        return self.arrays or self.source

    def with_recipe(self, recipe: str) -> Self:
        """Returns a request for another recipe, with the same changes."""
        return replace(self, recipe=recipe, settings=settings_for(recipe, self.changes))


def read_request(
    data: Origin | None,
    recipe: str | None,
    out: Path | None,
    resume: str | Path | None,
    cache: Path | None,
    changes: dict[str, Any],
) -> Request:
    """Returns what to do: as told, or as the run to resume was told.

    Args:
        data: the data's source; None for `fashion-mnist`, or for the data of the run to resume.
        recipe: the recipe's name; None for the usual one, or for that of the run to resume.
        out: the run's folder, None for a new one.
        resume: the run to resume, None for a new one.
        cache: the folder for packs and features, None for the usual one.
        changes: the settings that a person chose, by name.

    Raises:
        SettingError: a recipe or setting is unknown, a value is out of its range, or something is not as in the run to
            resume.
        RunError: the run to resume is missing or done, or its data are gone.
    """
    lost = lost_run(out) if is_restart() and resume is None else None
    if resume is None and lost is None:
        if init := changes.get("init"):
            changes = changes | {"init": str(find_run(init).resolve())}
        source, name, is_named = absolute_source(data or fashion_mnist.NAME), recipe or DEFAULT, recipe is not None
        settings = settings_for(name, changes)
        return Request(source, name, settings, out, is_named, resumes=False, changes=changes, cache=cache)
    folder = lost or find_run(resume or "latest")
    config = read_config(folder)
    if is_done(folder):
        raise RunError(
            f"{folder} is done: nothing is left to resume; see it with: muslin evaluate {folder}; train on from its "
            f"weights with: muslin fit DATA --init {folder} --epochs N"
        )
    settings = FitSettings.restored(config["settings"])
    source = config["data"]["source"]
    if resume is not None:
        check_same(folder, config, recipe, out, changes)
        source = source_of_resumed(folder, source, data)
    return Request(
        source, config["recipe"], settings, folder, recipe_is_named=True, resumes=True, changes={}, cache=cache,
        rule=config["data"].get("rule", "rank"),
    )  # fmt: skip


def check_same(
    folder: Path, config: dict[str, Any], recipe: str | None, out: Path | None, changes: dict[str, Any]
) -> None:
    """Raises SettingError where what a person named is not as in the run to resume, whose `config` is given.

    `flip=auto` names no other way than the one that was measured when the run began.
    """
    before = FitSettings.restored(config["settings"])
    if init := changes.get("init"):
        changes = changes | {"init": str(find_run(init).resolve())}
    was, told = (asdict(settings) for settings in (before, before.changed(**changes)))
    was, told = ({**values, **values.pop("augmentation")} for values in (was, told))
    named = [name for name in changes if told[name] != was[name] and (name, told[name]) != ("flip", "auto")]
    unlike = [f"{name} {told[name]} (there {was[name]})" for name in named]
    if recipe not in (None, config["recipe"]):
        unlike.insert(0, f"recipe {recipe} (there {config['recipe']})")
    if out is not None and out.resolve() != folder.resolve():
        unlike.append(f"out {out} (there {folder})")
    if unlike:
        raise SettingError(
            f"{folder} goes on with what it began with, not with {join_words(unlike, 'and')}; leave that out, or start "
            f"a new run from its weights: muslin fit DATA --init {folder}"
        )


def source_of_resumed(folder: Path, before: str, data: Origin | None) -> str:
    """Returns where the data of a run to resume are: where they were, or where a person says, if that can be.

    Raises:
        SettingError: bundled data are named for other ones, or other ones for bundled ones.
        RunError: the data are not where they were.
    """
    if before.startswith(ARRAYS):
        return before  # `with_arrays` holds what is given against it
    source = before if data is None else absolute_source(data)
    if isinstance(data, Arrays):
        raise SettingError(f"{folder} goes on with the data {printable(before)}, not with arrays; leave that out")
    if source != before and fashion_mnist.NAME in (source, before):
        raise SettingError(f"{folder} goes on with the data {before}, not with {source}; leave that out")
    if source != fashion_mnist.NAME and not Path(source).exists():
        raise RunError(
            f"the data of {folder} are not at {printable(source)}; name where they are: muslin fit PATH --resume "
            f"{folder}"
        )
    return source


def broadcast_request(request: Request | None, world: World) -> Request:
    """Hands every process what the first one was asked for: another machine may not see the run to resume."""
    content = world.broadcast_bytes(None if request is None else json.dumps(asdict(request), default=str).encode())
    values = json.loads(content or b"")
    values["settings"] = FitSettings.restored(values["settings"])
    paths = {name: values[name] and Path(values[name]) for name in ("out", "cache")}
    return Request(**values | paths)


def lost_run(out: Path | None) -> Path | None:
    """Returns the run that this process's predecessor left, after `torchrun` lost a process and started all anew."""
    candidates = [out] if out else [run.path for run in list_runs(RUNS)]
    for folder in candidates:
        if is_run(folder) and read_config(folder).get("launch") == launch_name():
            return folder
    return None


def with_arrays(request: Request, data: Origin | None) -> Request:
    """Returns a request with the arrays that it names.

    Raises:
        DataError: a run goes on that was trained on arrays, and `data` are not these.
    """
    if not request.source.startswith(ARRAYS):
        return request
    if str(data) == request.source and isinstance(data, Arrays):
        return replace(request, arrays=data)
    what = "other arrays are given" if isinstance(data, Arrays) else "they are in no file"
    raise DataError(
        f"{request.out} was begun with arrays in Python, and {what}; pass the same again: "
        f'muslin.fit((images, labels), resume="{request.out}")'
    )


def is_done(folder: Path) -> bool:
    """Whether a run came to its end, with every file."""
    ended = [event["ended"] for event in journal.read(folder) if event["event"] == "end"]
    return bool(ended) and ended[-1] in ("done", "early") and (folder / SUMS).is_file()


def absolute_source(data: Origin) -> str:
    """Returns the data's name, as it can be found from any folder."""
    if isinstance(data, Arrays):
        return data.name
    is_path = data != fashion_mnist.NAME and Path(data).exists()
    return str(Path(data).resolve() if is_path else data)
