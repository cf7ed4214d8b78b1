"""What docs/own-pictures.md says is taken, and is said, is what tests hold: every row of its table has one."""

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "own-pictures.md"
HEADING = "## What is taken and what is said"

HELD_BY = {  # the row's first cell, the test that would fail if it were not so
    "arrays (N, H, W), (N, H, W, C)": "data/arrays/test_pictures.py::test_grey_of_any_layout",
    "arrays (N, C, H, W)": "data/arrays/test_pictures.py::test_grey_of_any_layout",
    "arrays with 4 channels": "data/arrays/test_pictures.py::test_transparency_is_laid_on_white",
    "arrays of another shape, or in which two axes could be the channels": (
        "data/arrays/test_pictures.py::test_what_leaves_doubt_is_refused"
    ),
    "floats in [0, 1], truth values, 0 and 1 alone": "data/arrays/test_pictures.py::test_black_and_white",
    "floats in [0, 255]": "data/arrays/test_pictures.py::test_values_keep_their_meaning",
    "NaN, infinity, other ranges": "data/arrays/test_pictures.py::test_what_leaves_doubt_is_refused",
    "one-hot labels": "data/arrays/test_labels.py::test_one_hot_rows",
    "text labels": "data/arrays/test_labels.py::test_text_gives_names",
    "labels that begin at 1, or have gaps": "data/arrays/test_labels.py::test_classes_keep_their_own_numbers",
    "several labels a picture, shares, negative labels": (
        "data/arrays/test_labels.py::test_what_leaves_doubt_is_refused"
    ),
    "pictures that are all alike, or all of one value": (
        "data/sources/test_arrays.py::test_a_set_that_shows_nothing_is_refused"
    ),
    "a `Dataset` of Pillow images of several sizes": (
        "data/arrays/test_datasets.py::test_pillow_images_of_several_sizes_and_modes_are_brought_to_one"
    ),
    "a `Dataset` with `classes`, or a part of one": (
        "data/arrays/test_datasets.py::"
        "test_names_of_classes_are_taken_by_number_also_where_a_test_set_numbers_them_otherwise"
    ),
    "a `Dataset` without a length, or whose items are no (picture, label) or fail": (
        "data/arrays/test_datasets.py::test_what_is_wrong_with_a_dataset_is_named"
    ),
    "a CSV with `;`, tabs or bars, spaces after commas, single quotes, `sep=;`, in UTF-16 or UTF-32": (
        "data/files/test_csv_file.py::test_tables_are_read_as_programs_save_them"
    ),
    "a CSV with a byte-order mark, empty rows or empty last cells": (
        "data/files/test_csv_file.py::test_tables_are_read_as_programs_save_them"
    ),
    "`filename,label`, `image,class`, `id,breed`, in any order; further columns": (
        "data/files/test_csv_file.py::test_tables_are_read_as_programs_save_them"
    ),
    "two columns that could be the label, or the path": (
        "data/files/test_csv_file.py::test_what_is_wrong_with_a_csv_file_is_named"
    ),
    "`filename,cat,dog` with 0 and 1": (
        "data/files/test_csv_file.py::test_a_column_of_0_and_1_for_each_class_is_taken"
    ),
    "no header": "data/files/test_csv_file.py::test_a_table_without_a_header_may_tell_the_split",
    "`dev`, `Training`, `PublicTest` in the column `split`, `set` or `usage`": (
        "data/files/test_csv_file.py::test_splits_are_told_by_the_words_that_folders_take"
    ),
    "`train.csv` with `test.csv` or `val.csv` beside it": (
        "data/files/test_csv_file.py::test_the_test_table_beside_that_of_training_is_read"
    ),
    "paths with backslashes, spaces, the folder's own name first, other accents or capitals, no suffix; absolute ones "
    "below the folder": "data/files/test_csv_file.py::test_pictures_are_found_where_the_table_names_them_otherwise",
    "paths that all lie in one sub-folder (`train_images/`)": (
        "data/files/test_csv_file.py::test_pictures_may_all_lie_in_one_folder_beside_the_table"
    ),
    "a path that could mean two files, or none": ("data/files/test_csv_file.py::test_what_could_be_two_files_is_none"),
    "`label,pixel1,...`; `label,1x1,...`; numbers alone; a column `pixels`": (
        "data/files/test_pixel_table.py::test_rows_of_pixels_are_pictures"
    ),
    "3,072 pixels a row": (
        "data/files/test_pixel_table.py::test_how_colours_lie_is_told_by_which_neighbours_are_alike"
    ),
    "pixels that make no square": "data/files/test_pixel_table.py::test_what_is_wrong_with_a_table_of_pixels_is_named",
    "`train-00000-of-00002.parquet` without its second half; files of several data sets": (
        "data/files/test_shards.py::test_what_is_not_one_whole_data_set_is_named"
    ),
    "a Parquet file of a test set without labels (-1)": (
        "data/sources/test_parquet.py::test_a_test_set_without_labels_is_passed_over"
    ),
    "`training_set/`, `seg_test/`, `Train2/`, `dev/` with folders of classes in them": (
        "data/files/test_folders.py::test_splits_are_known_by_their_words"
    ),
    "`train/train/`, `train/val/`, `cat/train/`": "data/files/test_folders.py::test_a_split_may_lie_in_another",
    "`test tube/` beside `train station/`, without folders in them; `train/` beside `bus/`": (
        "data/files/test_folders.py::test_classes_may_have_the_words_of_splits"
    ),
    "`pets/all/photos/cat/`: one folder around everything": (
        "data/files/test_folders.py::test_a_folder_around_everything_is_stepped_into"
    ),
    "`a/{cat,dog}`, `b/{cat,dog}`": "data/files/test_folders.py::test_what_is_wrong_with_a_folder_is_named",
    "`seg_train/`, `seg_test/` beside `seg_pred/`": (
        "data/files/test_folders.py::test_what_is_wrong_with_a_folder_is_named"
    ),
    "`runs/`, a run, a ladder, a pack or a cache among the pictures, told by what is in it, wherever it lies": (
        "data/files/test_written.py::test_what_muslin_wrote_is_no_data"
    ),
    "`@eaDir`, `#recycle`, `lost+found`, `.DS_Store`, `Thumbs.db`, `.xmp`, `.aae`, `.mov`, `Zone.Identifier`, `.npy`, "
    "...": "data/files/test_folders.py::test_companions_of_pictures_are_passed_over_with_a_count",
    "a folder that may not be entered, a name that is too long, a disk that is gone": (
        "data/files/test_folders.py::test_a_folder_that_may_not_be_entered_is_named"
    ),
    "splits in some classes alone": "data/files/test_folders.py::test_what_is_wrong_with_a_folder_is_named",
    "class names with signs of Markdown or mathematics, newlines, bytes that are no UTF-8": (
        "whole/test_own_pictures.py::test_any_name_of_a_class"
    ),
    "class names that differ in how their accents are coded alone (macOS and Linux do it differently)": (
        "whole/test_own_pictures.py::test_any_name_of_a_class"
    ),
    "class names in letters that no font of the machine has": (
        "test_look.py::test_letters_of_no_font_are_written_as_numbers_and_one_note_says_so"
    ),
    "`fit PATH --resume RUN`, with the same pictures as RUN began with": (
        "whole/test_fit.py::test_a_run_goes_on_with_the_same_data_elsewhere"
    ),
    "a folder of runs with a `config.json` of another program in it": (
        "run/test_folder.py::test_what_another_program_wrote_is_passed_over"
    ),
    "pictures so large that a batch of them takes much of the memory": (
        "whole/test_fit.py::test_little_memory_makes_batches_smaller_unless_a_person_chose_them"
    ),
    "a file that could not be read, as on a network drive that was away for a moment": (
        "data/packs/test_build.py::test_a_picture_that_could_not_be_read_is_not_left_out_for_ever"
    ),
    "to `evaluate`: few pictures, one class, copies, `test/` alone, arrays of another size": (
        "whole/test_known.py::test_arrays_of_another_size_are_brought_to_the_models"
    ),
    "to `evaluate`: pictures that RUN was trained on, wherever they lie": (
        "whole/test_known.py::test_pictures_that_moved_are_scored_on_the_held_out_fifth"
    ),
    "to `evaluate`: other pictures where those of RUN lay, or more of them": (
        "whole/test_known.py::test_no_trained_picture_counts_as_unseen_where_others_are_added"
    ),
    "to `evaluate`: a folder of pictures that is called like their class": (
        "whole/test_known.py::test_a_folder_of_one_class_is_scored_by_its_name"
    ),
    "to `evaluate`: a class that RUN does not know": (
        "whole/test_known.py::test_a_class_that_is_not_scored_need_not_be_known"
    ),
    "to `evaluate`: labels that are numbers, of a RUN with names": (
        "whole/test_known.py::test_data_of_another_source_are_scored"
    ),
    "a class that validation or test lacks": (
        "whole/test_known.py::test_a_class_that_test_and_validation_lack_is_trained_on_with_a_note"
    ),
    "a class that train lacks": "data/files/test_folders.py::test_what_is_wrong_with_a_folder_is_named",
    "the same file in two classes, or in train and test; pictures of one colour": (
        "whole/test_known.py::test_fit_notes_copies_and_pictures_of_one_colour_in_passing"
    ),
    "the same picture twice among arrays, in two classes, or in train and test": (
        "whole/test_known.py::test_fit_notes_repeats_among_arrays"
    ),
    "arrays of pictures to train on alone": "data/sources/test_idx.py::test_one_part_alone",
    "arrays of pictures to test on alone": "whole/test_known.py::test_only_test_arrays_are_not_trained_on",
    "`--init RUN`, where RUN saw pictures of another size, or does not tell what it saw": (
        "whole/test_known.py::test_pictures_of_another_size_are_not_told_and_that_is_said"
    ),
    "`--init RUN`, with test pictures that RUN was trained on": (
        "whole/test_known.py::test_weights_are_not_tested_on_what_they_were_trained_on"
    ),
    "arrows, letters, digits: pictures that would be of no class, or another, if mirrored": (
        "pipeline/test_adapt.py::test_arrows_are_mirrored_in_neither"
    ),
    "garments, animals, photographs": (
        "pipeline/test_adapt.py::test_pictures_with_mirror_images_of_their_classes_are_mirrored_in_training_and_test"
    ),
    "pictures of other sizes than 28 x 28": "pipeline/test_adapt.py::test_sizes_are_shares_of_the_side",
    "pictures of one size with a side under 12 pixels": (
        "data/sources/test_registry.py::test_small_pictures_are_enlarged"
    ),
    "HEIC, JPEG XL, JPEG 2000, JPEG XR, JPEG of 12 bits, DICOM, cameras' raw files, PDF, SVG, TIFF of over 4 bands": (
        "data/decoding/test_pictures.py::test_odd_files_are_refused_or_accepted_as_promised"
    ),
    "hundreds of HEIC photos, with or without other pictures": (
        "data/packs/test_plan.py::test_files_of_other_kinds_are_counted_before_anything_is_decoded"
    ),
    "videos, web pages and pointers of Git LFS that are called `.jpg`": (
        "data/decoding/test_pictures.py::test_odd_files_are_refused_or_accepted_as_promised"
    ),
    "12 bits in files of 16; 48-bit colour": (
        "data/decoding/test_wide.py::test_colours_of_16_bits_keep_all_their_bits"
    ),
    "the same beside pictures of 8 bits": (
        "data/packs/test_plan.py::test_a_range_is_that_of_the_training_pictures_or_of_whole_bits_beside_8"
    ),
    "floats, 32 bits, negative numbers (elevation, CT)": (
        "data/decoding/test_wide.py::test_numbers_of_32_bits_and_signed_ones_are_read"
    ),
    'NaN, infinity, or GDAL\'s "no data" in a TIFF': (
        "data/decoding/test_wide.py::test_what_is_no_value_is_black_and_not_part_of_the_range"
    ),
    "AVIF of 10 and 12 bits, colour PPM of 16 bits": (
        "data/decoding/test_wide.py::test_avif_of_more_bits_says_that_8_are_kept"
    ),
    "white on transparent": "data/decoding/test_pictures.py::test_odd_files_are_refused_or_accepted_as_promised",
    "photographs of 50 to 200 megapixels": (
        "data/decoding/test_pictures.py::test_odd_files_are_refused_or_accepted_as_promised"
    ),
    "a folder for runs or for the cache on a share that cannot sync or set modes": (
        "test_files.py::test_where_nothing_can_be_synced_files_are_written_and_the_promise_is_not_made"
    ),
    "a `random.py`, `numpy.py` or the like in the current folder": (
        "whole/test_cli.py::test_files_of_the_current_folder_are_not_run"
    ),
    "a terminal, or a file, that lacks letters (`PYTHONIOENCODING=cp1252`)": (
        "whole/test_cli.py::test_a_terminal_of_another_code_page"
    ),
}
SAYS_ERROR = ("raises(", "refused", "code == 1", "code) == (1")  # in a test of what is an error
SAYS_NOTE = ("note", "err", "told", "said", "assumed", "are one-hot rows", "taken for")  # in a test of what is a note


def rows() -> dict[str, str]:
    """The table's first cells, and what is said of each."""
    section = PAGE.read_text(encoding="utf-8").partition(HEADING)[2].partition("\n## ")[0]
    cells = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return {first.strip(): last.strip() for first, *_, last in cells[1:]}


@cache
def functions(path: Path) -> dict[str, str]:
    """The source of each function of a file, with its decorators."""
    text = path.read_text(encoding="utf-8")
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    lines = text.splitlines()
    return {
        node.name: "\n".join(lines[min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1 : node.end_lineno])
        for node in found
    }


def test_every_row_is_held_by_a_test_and_every_test_has_its_row():
    assert sorted(rows()) == sorted(HELD_BY)


@pytest.mark.parametrize("row", HELD_BY)
def test_the_test_is_there_and_looks_for_what_is_said(row):
    file, _, name = HELD_BY[row].partition("::")
    source = functions(TESTS / file)[name]
    said = rows()[row]
    if said.startswith("an error"):
        assert any(word in source for word in SAYS_ERROR)
    elif said and not said.startswith("nothing"):
        assert any(word in source for word in (*SAYS_NOTE, *SAYS_ERROR))
