import pytest

from muslin.data.files.kinds import are_picture_files, list_picture_files
from muslin.errors import DataError


def test_folders_and_csv_files_are_listed(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number in range(3):
            (tmp_path / name / f"{number}.png").touch()
    lines = [f"{path.relative_to(tmp_path)},{path.parent.name}" for path in sorted(tmp_path.rglob("*.png"))]
    (tmp_path / "list.csv").write_text("\n".join(["path,label", *lines]))
    assert are_picture_files(tmp_path)
    assert are_picture_files(tmp_path / "list.csv")
    walked, named = list_picture_files(tmp_path), list_picture_files(tmp_path / "list.csv")
    assert walked.entries == named.entries
    assert len(walked.entries) == 6


def test_what_holds_no_picture_files_is_named(tmp_path, idx_folder):
    (tmp_path / "a.npz").touch()
    (tmp_path / "a.txt").touch()
    for source, kind in (("a.npz", "a .npz file"), ("bars", "IDX files"), ("a.txt", "another kind of file")):
        with pytest.raises(DataError, match=f"{source} is {kind}, not a folder of pictures.*muslin data info"):
            list_picture_files(tmp_path / source)
    with pytest.raises(DataError, match="no data at .*nowhere; give a folder of pictures or a .csv"):
        list_picture_files(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="0 classes"):
        list_picture_files(tmp_path / "empty")


def test_a_path_that_cannot_be_looked_at_is_named(tmp_path):
    with pytest.raises(DataError, match=r"^cannot read .*: File name too long; may you read it"):
        list_picture_files(tmp_path / ("x" * 300))
