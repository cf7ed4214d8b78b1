import numpy as np
import pytest
from PIL import Image

from muslin.data.decoding import tasks
from muslin.data.files.folders import list_folder
from muslin.data.packs.build import build_pack
from muslin.data.packs.plan import plan_pack
from muslin.data.reading import Reading
from muslin.errors import PictureError
from tests.bad_pictures import CASES


@pytest.fixture
def phone(tmp_path):
    """Two classes of 6 HEIC photos each, as a phone writes them, and of 2 pictures that are read."""
    for label in "ab":
        folder = tmp_path / "phone" / label
        folder.mkdir(parents=True)
        for number in range(6):
            CASES["HEIC"].write(folder, f"IMG_{number}")
        for number in range(2):
            Image.new("L", (8, 8), number).save(folder / f"{number}.png")
    return tmp_path / "phone"


@pytest.mark.parametrize("on_bad", ["stop", "skip"])
@pytest.mark.parametrize("is_all", [True, False])
def test_files_of_other_kinds_are_counted_before_anything_is_decoded(phone, monkeypatch, on_bad, is_all):
    for path in phone.rglob("*.png") if is_all else ():
        path.unlink()
    monkeypatch.setattr(tasks, "decode_into", lambda *_, **__: pytest.fail("a picture was decoded"))
    with pytest.raises(PictureError) as error:
        plan_pack(list_folder(phone), Reading(threads=1, on_bad=on_bad))
    assert f"12 of {12 if is_all else 16} pictures cannot be used: 12 pictures, each is a HEIC photo" in str(
        error.value
    )
    assert "convert it, as with: heif-convert FILE FILE.jpg" in str(error.value)
    assert len(str(error.value)) < 400
    assert str(error.value).count("IMG_") == 1


@pytest.mark.parametrize(
    ("name", "kind", "beside_eight", "levels"),
    [
        ("x.png", np.uint16, False, (100, 3000)),
        ("x.png", np.uint16, True, (0, 4095)),
        ("x.tif", np.float32, False, (100.0, 3000.0)),
        ("x.tif", np.int32, False, (100, 3000)),
    ],
)
def test_a_range_is_that_of_the_training_pictures_or_of_whole_bits_beside_8(tmp_path, name, kind, beside_eight, levels):
    for part, high in (("train", 3000), ("test", 5000)):
        for label in "ab":
            folder = tmp_path / part / label
            folder.mkdir(parents=True)
            for number in range(3):
                values = np.linspace(100 + number, high, 64).reshape(8, 8).astype(kind)
                Image.fromarray(values).save(folder / f"{number}{name}")
            if beside_eight:
                Image.new("L", (8, 8)).save(folder / "eight.png")
    listing = list_folder(tmp_path)
    plan = plan_pack(listing, Reading(threads=1))
    assert plan.levels == levels
    assert plan.size.channels == 1
    assert plan_pack(listing, Reading(threads=1, shape=(1, 8, 8))).levels is None
    note = f"scaled to 8, from {levels[0]:g} (black) to {levels[1]:g} (white)"
    pack = build_pack(plan, Reading(threads=1, cache=tmp_path / "cache"))
    assert [note in said for said in pack.info.notes if "scaled" in said] == [True]
    assert pack.info.levels == levels
