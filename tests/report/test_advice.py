import math
from dataclasses import replace

import pytest
import torch

from muslin.config import FitSettings
from muslin.recipes import RECIPES
from muslin.report.advice import suggestions, worst_confusions
from muslin.report.facts import figures_of_record
from muslin.report.record import RunRecord
from muslin.run.answers import Answers
from tests.report.records import make_epochs, make_record, make_score


def advise(record: RunRecord, counts=None, doubted=None):
    return {each.kind: each for each in suggestions(record, figures_of_record(record), counts, doubted)}


def with_losses(*losses: float, **changes):
    epochs = [replace(one, validation_loss=loss) for one, loss in zip(make_epochs(len(losses)), losses, strict=True)]
    return make_record(epochs=tuple(epochs), **changes)


def test_what_rose_again_is_over_fit():
    found = advise(with_losses(0.5, 0.2, 0.3, 0.4, 0.41))["over-fit"]
    assert "after epoch 2 (0.2000) and rose to 0.4100" in found.text
    assert "--patience 3" in found.command


def test_what_fell_to_the_end_may_go_on():
    found = advise(with_losses(0.5, 0.4, 0.3, settings=RECIPES["coffee"].settings, source="fashion-mnist"))
    assert found["still improving"].command == "muslin fit --recipe lunch"
    longest = with_losses(0.5, 0.4, 0.3, recipe="overnight", settings=RECIPES["overnight"].settings)
    assert "--epochs 144" in advise(longest)["still improving"].command


def test_what_hardly_learns_is_under_fit():
    found = advise(with_losses(1.09, 1.0))
    assert "still improving" not in found
    assert "guessing has 1.10" in found["under-fit"].text


@pytest.mark.parametrize("losses", [(math.nan,), (0.1,), (0.3, 0.1, 0.1001, 0.1001, 0.1002)])
def test_curves_that_say_nothing_say_nothing(losses):
    assert not {"over-fit", "under-fit", "still improving"} & advise(with_losses(*losses)).keys()


def sure_mistakes(count):
    probabilities = torch.tensor([[0.999, 0.001, 0.0]]).repeat(20, 1).half()
    labels = (torch.arange(20) < count).long()
    return Answers(labels, torch.zeros(20, dtype=torch.int64), probabilities, torch.arange(0), torch.zeros(0, 1, 9, 9))


def test_sure_mistakes_ask_for_the_doctor_unless_it_has_looked():
    assert "labels in doubt" not in advise(make_record(answers=sure_mistakes(4)))
    found = advise(make_record(answers=sure_mistakes(5)))["labels in doubt"]
    assert found.text.startswith("5 mistakes were made with 99 % or more")
    assert found.command == "muslin data doctor bars"
    assert "doubts 3 labels" in advise(make_record(answers=sure_mistakes(5)), doubted=3)["labels in doubt"].text
    assert "labels in doubt" not in advise(make_record(answers=sure_mistakes(5)), doubted=0)


def test_a_pair_is_named_by_its_share_of_the_mistakes():
    confusion = torch.tensor([[50, 7, 1], [3, 50, 0], [1, 0, 50]])
    found = advise(make_record(test=make_score(confusion=confusion)))["a confused pair"]
    assert found.text.startswith("0 and 1 are taken for each other in 83 % of all mistakes (10 of 12)")
    perfect = make_record(test=make_score(confusion=torch.diag(torch.tensor([5, 5, 5]))))
    assert "a confused pair" not in advise(perfect)


def test_few_and_uneven_pictures_are_counted():
    found = advise(make_record(), counts=(500, 99, 120))
    assert found["too few pictures"].text.startswith(
        "1 class has fewer than 100 pictures to train on (the least: 99): 1."
    )
    assert found["uneven classes"].command.endswith("--balance weights")
    balanced = make_record(settings=FitSettings(balance="weights"))
    assert "uneven classes" not in advise(balanced, counts=(500, 99, 120))
    assert not {"too few pictures", "uneven classes"} & advise(make_record(), counts=(400, 101, 120)).keys()


def test_a_small_test_says_little():
    assert "6 test pictures" in advise(make_record())["a small test set"].text
    assert "a small test set" not in advise(make_record(answers=None))


def test_the_worst_confusions_come_first():
    confusion = torch.tensor([[50, 7, 0], [3, 50, 0], [1, 0, 50]])
    found = worst_confusions(make_record(test=make_score(confusion=confusion), classes=("a", "b\n", "c")))
    assert [(each.true, each.said, each.count, each.of) for each in found] == [
        ("a", "b\n", 7, 57), ("b\n", "a", 3, 53), ("c", "a", 1, 51),
    ]  # fmt: skip
    assert found[0].as_json()["in_words"] == "a called b\\n, 7 of 57"
