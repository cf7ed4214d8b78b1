import errno
import json
import os
import shutil
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from muslin.data.decoding import tasks
from muslin.data.decoding.tasks import look_at
from muslin.data.files.cut import assign_splits
from muslin.data.files.folders import list_folder
from muslin.data.files.listing import Entry, Listing
from muslin.data.packs import build as packing
from muslin.data.packs import rows
from muslin.data.packs.build import build_pack
from muslin.data.packs.index import content_key, find_pack, index_entry, remember_pack
from muslin.data.packs.pack import open_pack
from muslin.data.packs.plan import PackPlan
from muslin.data.reading import Reading
from muslin.data.sizing import InputSize, choose_input
from muslin.data.sources.picture_files import cut_pack
from muslin.errors import DataError, PictureError

SIZE = InputSize(3, 8, 6, "input is 6 x 8")
SILENT = lambda *_: None  # noqa: E731


@pytest.fixture
def root(tmp_path):
    """Three classes of 12, 6 and 4 pictures, each of one colour that tells the class and the number."""
    folder = tmp_path / "pictures"
    for label, count in enumerate((12, 6, 4)):
        (folder / f"class {label}").mkdir(parents=True)
        for number in range(count):
            Image.new("RGB", (6, 8), (label, number, 0)).save(folder / f"class {label}" / f"{number}.png")
    return folder


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def planned(root, size=SIZE):
    listing = list_folder(root)
    looks = look_at([entry.path for entry in listing.entries], threads=1, progress=SILENT)
    digests = {entry.path: look.sha256 for entry, look in zip(listing.entries, looks, strict=True)}
    return PackPlan(assign_splits(listing, [look.sha256 for look in looks]), digests, size)


def built(root, cache, on_bad="stop", size=SIZE):
    return build_pack(planned(root, size), Reading(cache=cache, on_bad=on_bad, threads=2))


def found(root, cache, on_bad="stop", size=0):
    reading = Reading(cache=cache, on_bad=on_bad, size=size)
    return find_pack(index_entry(list_folder(root), reading), reading)


def names(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def damage(root, count=1):
    for number in range(count):
        (root / "class 0" / f"{number}.png").write_bytes(b"no picture")


def enlarge(root, count=300):
    """Adds pictures, so that one is less than 1 %."""
    for number in range(100, 100 + count):
        Image.new("RGB", (6, 8), (0, number % 256, number // 256)).save(root / "class 0" / f"{number}.png")


def test_holds_every_picture_once_with_its_label(root, cache):
    pack = built(root, cache)
    (start, middle), (again, end) = pack.info.splits["train"], pack.info.splits["test"]
    assert (start, middle, end) == (0, again, 22)
    assert pack.classes == ("class 0", "class 1", "class 2")
    seen = [(int(image[0, 0, 0]), int(image[1, 0, 0])) for image in pack.file.images]
    assert sorted(seen) == [(label, number) for label, count in enumerate((12, 6, 4)) for number in range(count)]
    assert [label for label, _ in seen] == pack.labels.tolist()


def test_anyone_can_open_it(root, cache):
    folder = built(root, cache).folder
    images, labels = (np.load(folder / name, allow_pickle=False) for name in ("images.npy", "labels.npy"))
    assert (images.dtype, images.shape, labels.dtype) == (np.uint8, (22, 3, 8, 6), np.int64)
    np.testing.assert_array_equal(images[:, 0, 0, 0], labels)
    info = json.loads((folder / "pack.json").read_text())
    assert (info["shape"], info["files"], info["root"]) == ([22, 3, 8, 6], 22, str(root))
    assert info["skipped"] == []


@pytest.mark.parametrize(
    "change",
    [
        lambda root: Image.new("RGB", (6, 8), (0, 99, 0)).save(root / "class 0" / "0.png"),
        lambda root: Image.new("RGB", (6, 8), (0, 99, 0)).save(root / "class 0" / "new.png"),
        lambda root: (root / "class 0" / "0.png").unlink(),
        lambda root: (root / "class 0" / "0.png").rename(root / "class 1" / "0b.png"),
        lambda root: (root / "class 0").rename(root / "other name"),
    ],
    ids=["changed", "added", "removed", "relabelled", "renamed class"],
)
def test_another_content_is_another_pack(root, cache, change):
    before = built(root, cache)
    change(root)
    after = built(root, cache)
    assert before.folder != after.folder
    assert len(names(cache / "packs")) == 2


def test_another_size_is_another_pack(root, cache):
    assert built(root, cache).folder != built(root, cache, size=choose_input([(6, 8)], ["RGB"], size=9)).folder


def test_the_same_content_elsewhere_is_the_same_pack(root, cache, monkeypatch):
    folder = built(root, cache).folder
    shutil.copytree(root, root.parent / "copy")
    monkeypatch.setattr(packing, "_fill", None)  # nothing is decoded again
    assert built(root.parent / "copy", cache).folder == folder


def test_unchanged_files_are_not_read_again(root, cache):
    assert found(root, cache) is None
    pack = built(root, cache)
    remember_pack(index_entry(list_folder(root), Reading(cache=cache)), pack)
    assert found(root, cache).folder == pack.folder
    assert found(root, cache, size=32) is None


def test_a_touched_file_is_read_again_and_finds_its_pack(root, cache):
    pack = built(root, cache)
    remember_pack(index_entry(list_folder(root), Reading(cache=cache)), pack)
    path = root / "class 0" / "0.png"
    status = path.stat()
    Image.new("RGB", (6, 8), (9, 9, 9)).save(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # the change time tells all the same
    assert found(root, cache) is None
    Image.new("RGB", (6, 8), (0, 0, 0)).save(path)
    assert found(root, cache) is None
    assert built(root, cache).folder == pack.folder


def test_damaged_pictures_stop_the_build(root, cache):
    damage(root, 7)
    with pytest.raises(PictureError, match=r"7 of 22 pictures cannot be used \(.*class 0/\d+.png .*; …\); mend"):
        built(root, cache)
    assert names(cache / "packs") == []


def test_damaged_pictures_are_left_out_when_asked(root, cache):
    enlarge(root)
    damage(root, 3)
    pack = built(root, cache, on_bad="skip")
    assert len(pack.labels) == len(pack.file.images) == 319
    assert pack.file.images[:, 0, 0, 0].tolist() == pack.labels.tolist()
    seen = Counter(image.numpy().tobytes() for image in pack.file.images)
    assert max(seen.values()) == 1
    skipped = pack.info.skipped
    assert sorted(one.path for one in skipped) == ["class 0/0.png", "class 0/1.png", "class 0/2.png"]
    assert "not a picture of a kind that is read" in skipped[0].reason
    assert any("3 of 322 pictures were left out" in note for note in pack.notes)
    assert np.load(pack.folder / "images.npy").shape == (319, 3, 8, 6)
    open_pack(pack.folder, verify=True)


def test_a_pack_with_pictures_left_out_stops_who_did_not_ask_for_that(root, cache):
    enlarge(root)
    damage(root)
    pack = built(root, cache, on_bad="skip")
    remember_pack(index_entry(list_folder(root), Reading(cache=cache)), pack)
    for build in (built, found):
        with pytest.raises(PictureError, match="1 of 322 pictures cannot be used .*--on-bad skip"):
            build(root, cache)
    assert found(root, cache, on_bad="skip").folder == pack.folder


@pytest.fixture
def fault(monkeypatch):
    """Has the drive fail so many times when it reads a file of a name; the pauses take no time."""
    left, read = {}, Path.read_bytes

    def read_or_fail(path):
        if left.get(path.name, 0):
            left[path.name] -= 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_or_fail)
    monkeypatch.setattr(tasks, "PAUSES", (0.0, 0.0))
    return left


EACH_TRY = 2  # each reading looks a second time where anything is odd


@pytest.mark.parametrize("tries", [1, 2])
def test_a_file_that_the_drive_failed_to_read_is_read_again(root, cache, fault, tries):
    fault["3.png"] = tries * EACH_TRY
    plan = planned(root)
    assert all(plan.digests.values())
    fault["3.png"] = tries * EACH_TRY
    pack = build_pack(plan, Reading(cache=cache, threads=1))
    assert pack.info.skipped == ()
    assert fault["3.png"] == 0


def test_a_picture_that_could_not_be_read_is_not_left_out_for_ever(root, cache, fault):
    enlarge(root)
    plan, index = planned(root), index_entry(list_folder(root), Reading(cache=cache))
    fault["105.png"] = 1000
    pack = build_pack(plan, Reading(cache=cache, on_bad="skip", threads=1))
    remember_pack(index, pack)
    assert [(one.path, one.unread) for one in pack.info.skipped] == [("class 0/105.png", True)]
    assert found(root, cache, on_bad="skip").folder == pack.folder, "while it cannot be read, the pack serves"
    fault.clear()
    assert found(root, cache, on_bad="skip") is None
    assert found(root, cache, on_bad="stop") is None
    again = build_pack(plan, Reading(cache=cache, threads=1))
    assert (again.folder, again.info.skipped, len(again.labels)) == (pack.folder, (), 322)
    assert found(root, cache).folder == pack.folder


def test_a_drive_that_is_gone_is_not_waited_for(root, fault, monkeypatch):
    paths = sorted(root.rglob("*.png"))
    fault.update({path.name: 1000 for path in paths})
    monkeypatch.setattr(tasks, "FEW", 3)
    assert all(look.unread for look in look_at(paths, threads=1, progress=SILENT))
    assert 1000 - fault["11.png"] == EACH_TRY, "tried once"


def test_more_than_one_in_a_hundred_is_never_left_out(root, cache):
    damage(root)
    with pytest.raises(PictureError, match="1 of 22 pictures .*at most 1% may be left out"):
        built(root, cache, on_bad="skip")


def test_a_class_that_is_lost_with_its_damaged_pictures_is_told(root, cache):
    enlarge(root)
    damage(root, 2)
    classes = ("class 0", "class 1")
    paths = [path for name in classes for path in sorted((root / name).iterdir())]
    entries = [Entry(path, classes.index(path.parent.name), "test" if path.stem == "5" else "train") for path in paths]
    entries += [Entry(root / "class 0" / "0.png", 2, "train"), Entry(root / "class 0" / "1.png", 2, "test")]
    listing = Listing(
        root, "pictures", (*classes, "class 2"), tuple(e for e in entries if e.label or e.path.stem not in "01"), ()
    )
    digests = {entry.path: "" for entry in entries}
    pack = build_pack(PackPlan(listing, digests, SIZE), Reading(cache=cache, on_bad="skip", threads=1))
    with pytest.raises(DataError, match="too few pictures of class 2: none is left to train on"):
        cut_pack(pack, "pictures", 30, is_resident=True)


def flip_a_bit(folder):
    content = bytearray((folder / "images.npy").read_bytes())
    content[-1] ^= 1
    (folder / "images.npy").write_bytes(content)


DAMAGES = {
    "cut off": lambda folder: os.truncate(folder / "images.npy", 1000),
    "longer": lambda folder: (folder / "images.npy").open("ab").write(b"0"),
    "no images": lambda folder: (folder / "images.npy").unlink(),
    "empty": lambda folder: (folder / "images.npy").write_bytes(b""),
    "other labels": lambda folder: np.save(folder / "labels.npy", np.zeros(3, np.int64)),
    "objects": lambda folder: np.save(folder / "labels.npy", np.array([None] * 22)),
    "other shape": lambda folder: np.save(folder / "images.npy", np.zeros((22, 3, 6, 8), np.uint8)),
    "no description": lambda folder: (folder / "pack.json").unlink(),
    "half a description": lambda folder: os.truncate(folder / "pack.json", 60),
    "a list": lambda folder: (folder / "pack.json").write_text("[]"),
    "an empty description": lambda folder: (folder / "pack.json").write_text('{"format": 1}'),
    "another version": lambda folder: (folder / "pack.json").write_text('{"format": 2}'),
}


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_pack_is_refused_and_made_anew(root, cache, name):
    folder = built(root, cache).folder
    DAMAGES[name](folder)
    with pytest.raises(DataError):
        open_pack(folder)
    again = built(root, cache)
    assert any("made anew" in note for note in again.notes)
    assert open_pack(folder, verify=True).info == again.info


def test_a_flipped_bit_is_found_when_asked(root, cache):
    folder = built(root, cache).folder
    flip_a_bit(folder)
    open_pack(folder)
    with pytest.raises(DataError, match="images.npy has another SHA-256"):
        open_pack(folder, verify=True)


def test_an_interrupted_build_leaves_nothing(root, cache, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(packing, "decode_into", interrupt)
    with pytest.raises(KeyboardInterrupt):
        built(root, cache)
    assert names(cache / "packs") == []


def test_what_a_killed_build_left_is_removed(root, cache):
    key = content_key(planned(root))
    for other in (key, "0123"):
        (cache / "packs" / f".{other}.tmp").mkdir(parents=True)
        (cache / "packs" / f".{other}.tmp" / "images.npy").write_bytes(b"half")
    with packing.FileLock(cache / "packs" / ".4567.lock"):
        (cache / "packs" / ".4567.tmp").mkdir()  # is being built by another process
        built(root, cache)
    assert names(cache / "packs") == [".4567.tmp", key]


def test_a_full_disk_is_told_and_leaves_nothing(root, cache, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(rows.os, "posix_fallocate", full)
    with pytest.raises(DataError, match="No space left on device; free some space or choose another folder"):
        built(root, cache)
    assert names(cache / "packs") == []


def test_a_cache_that_is_a_file_is_told(root, cache):
    cache.write_text("no folder")
    with pytest.raises(DataError, match="cannot write the pack in .*choose another folder with --cache"):
        built(root, cache)


def test_files_that_change_meanwhile_are_noticed(root, cache, monkeypatch):
    decode_into = packing.decode_into

    def changing(*arguments, **keys):
        done = decode_into(*arguments, **keys)
        (root / "class 1" / "0.png").write_bytes(b"changed")
        return done

    monkeypatch.setattr(packing, "decode_into", changing)
    with pytest.raises(DataError, match="changed while they were read; try again"):
        built(root, cache)
    assert names(cache / "packs") == []


def test_two_builds_of_one_pack_do_not_collide(root, cache, monkeypatch):
    fill, calls = packing._fill, []

    def counting(*arguments):
        calls.append(time.monotonic())
        fill(*arguments)

    monkeypatch.setattr(packing, "_fill", counting)
    plan, reading = planned(root), Reading(cache=cache, threads=1)
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(build_pack, plan, reading) for _ in range(4)]
        assert len({job.result().folder for job in jobs}) == 1
    assert len(calls) == 1


def test_description_is_json_that_a_person_can_read(root, cache):
    text = (built(root, cache).folder / "pack.json").read_text(encoding="utf-8")
    assert json.loads(text)["format"] == 1
    assert text.count("\n") > 20
