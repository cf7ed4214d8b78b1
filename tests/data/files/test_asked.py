import pytest
from PIL import Image

from muslin.data.files.asked import find_asked
from muslin.errors import DataError


@pytest.fixture
def photos(here):
    for name in ("b/2.png", "b/10.png", "a/1.jpg", "top.png", "[x]/y.png"):
        (here / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8)).save(here / "photos" / name)
    for name in ("list.txt", ".hidden.png", "b/more.txt"):
        (here / "photos" / name).write_text("x")
    return here / "photos"


def test_a_folder_is_all_below_it_sorted(photos):
    asked = find_asked(["photos"])
    names = ["[x]/y.png", "a/1.jpg", "b/10.png", "b/2.png", "top.png"]
    assert list(asked.files) == [f"photos/{name}" for name in names]
    assert asked.notes == ("photos: files passed over because they are no pictures: 2 .txt, 1 hidden",)
    assert [str(folder) for folder in asked.folders] == ["photos"]


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        ("photos/*.png", ["photos/top.png"]),
        ("photos/**/*.png", ["photos/[x]/y.png", "photos/b/10.png", "photos/b/2.png", "photos/top.png"]),
        ("photos/b/?.png", ["photos/b/2.png"]),
        ("photos/[ab]", ["photos/a/1.jpg", "photos/b/10.png", "photos/b/2.png"]),
        ("photos/[x]/y.png", ["photos/[x]/y.png"]),  # what is there is no pattern
        ("photos/[x]", ["photos/[x]/y.png"]),
    ],
)
def test_a_pattern_is_what_it_matches(photos, pattern, files):
    assert list(find_asked([pattern]).files) == files


def test_a_table_names_files_beside_it(photos):
    (photos / "list.csv").write_text("\ufeffid,path\n1,b/2.png\n2,gone.png\n", encoding="utf-8")
    assert list(find_asked(["photos/list.csv"]).files) == ["photos/b/2.png", "photos/gone.png"]
    (photos / "bare.csv").write_text("b/2.png\ntop.png\n")
    assert list(find_asked(["photos/bare.csv", "x.png"]).files) == ["photos/b/2.png", "photos/top.png", "x.png"]


def test_a_table_may_name_files_otherwise_than_the_disk(photos):
    inside = photos / "b" / "2.png"
    (photos / "list.csv").write_text(f"path,label\nb\\2.png,cat\n TOP.png ,dog\n{inside},cat\n../gone.png,dog\n")
    asked = find_asked(["photos/list.csv"])
    assert list(asked.files) == ["photos/b/2.png", "photos/top.png", "photos/b/2.png", "photos/../gone.png"]
    assert any("with backslashes between folders" in note for note in asked.notes)


def test_a_link_in_a_folder_is_followed_to_a_file_wherever_it_is(here, photos):
    Image.new("L", (8, 8)).save(here / "elsewhere.png")
    (photos / "z-out.png").symlink_to(here / "elsewhere.png")
    (photos / "z-gone.png").symlink_to("nowhere")
    (photos / "z-self.png").symlink_to("z-self.png")
    (photos / "z-loop").symlink_to(photos)
    asked = find_asked(["photos"])
    assert list(asked.files[5:]) == ["photos/z-gone.png", "photos/z-out.png", "photos/z-self.png"]
    assert len(asked.files) == 8
    assert "1 linked folder" in asked.notes[0]


def test_what_is_not_there_is_left_to_reading(here):
    assert find_asked(["nowhere.png", "no\0where"]).files == ("nowhere.png", "no\0where")


@pytest.mark.parametrize(
    ("make", "name", "message"),
    [
        (lambda here: (here / "empty").mkdir(), "empty", "no pictures in empty; name a folder that holds some"),
        (lambda _here: None, "*.png", r"'\*.png' matches nothing; \* stands for"),
        (lambda here: (here / "a.txt").touch(), "*.txt", "matches 1 file, none a picture"),
        (lambda here: (here / "t.csv").write_text("label,x\ncat,1\n"), "t.csv", "no column of 'label,x' names the"),
        (lambda here: (here / "t.csv").write_text("path\n"), "t.csv", "t.csv names no pictures; add a line"),
        (lambda here: (here / "t.csv").write_text(""), "t.csv", "line 1: no column of '' names the pictures"),
        (lambda here: (here / "t.csv").write_text("n,path\n1,a.png\n2,\n"), "t.csv", "line 3: the path is empty"),
        (lambda here: (here / "t.csv").write_text("a.png,b.png\n"), "t.csv", "no column of 'a.png,b.png' names"),
    ],
)
def test_nothing_to_look_at_is_one_clear_error(here, make, name, message):
    make(here)
    with pytest.raises(DataError, match=message):
        find_asked([name])
