import torch
from torch import nn

from muslin.lecture.walk import describe, walk_through
from muslin.lecture.widgets import project


def learn(rounds):
    model = nn.Linear(1, 1)
    for _ in range(rounds):
        loss = model(torch.ones(1, 1)).sum()
        loss.backward()
    return model


def test_each_line_says_what_it_changed_and_no_line_more_than_twice():
    steps = walk_through(lambda: learn(5), (learn,))
    first = learn.__code__.co_firstlineno
    assert [step.line - first for step in steps] == [1, 2, 3, 4, 2, 3, 4, 5]
    assert "none yet" in steps[0].changed["model"]
    assert "gradient 1" in steps[3].changed["model"]
    assert set(steps[5].changed) == set()  # the loss is what it was
    assert "gradient 2" in steps[6].changed["model"]


def test_what_is_called_inside_is_not_told():
    steps = walk_through(lambda: learn(1), (test_what_is_called_inside_is_not_told,))
    assert steps == []


def test_values_are_told_in_words():
    assert describe(torch.arange(6).view(2, 3)) == "int64 (2, 3): 0, 1, 2, 3, ..."
    assert describe(torch.tensor(2.5)) == "float32 (): 2.5"
    assert describe(object()) == "a object"
    optimizer = torch.optim.SGD(nn.Linear(2, 2).parameters(), lr=0.5)
    assert describe(optimizer) == "SGD of 2 tensors"


def test_main_py_is_walked_through_as_it_ran():
    values = project.values()
    steps = [(values["lines"][step["line"] - 1].strip(), step["changed"]) for step in values["steps"]]
    told = dict(reversed(steps))  # the first time of each line
    assert told["logits = model(images)  # (B, 10)"]["logits"].startswith("float32 (32, 10): ")
    assert told["loss = F.cross_entropy(logits, labels)"]["loss"].startswith("float32 (): 2.")
    before = told["model = MODELS[options.model](data.spec).to(device)"]["model"]
    after_backward = told["loss.backward()"]["model"]
    after_step = told["optimizer.step()"]["model"]
    assert "none yet" in before
    weights = [text.split("first weight ")[1].split(",")[0] for text in (before, after_backward, after_step)]
    assert weights[0] == weights[1] != weights[2]
    assert "evaluation mode" in told["model.eval()"]["model"]
    assert values["printed"][-1].startswith("test accuracy ")


def test_the_walk_leaves_the_random_numbers_as_they_were():
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    project.values()
    assert torch.rand(1) == expected
