import pytest
from PIL import Image

from muslin.data.decoding import tasks
from muslin.data.files.folders import list_folder
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
