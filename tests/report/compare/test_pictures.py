from dataclasses import replace

import pytest
import torch

import muslin
from muslin.report.compare import pictures
from muslin.report.compare.groups import group_runs
from muslin.report.record import read_record
from tests.samples import QUICK


@pytest.fixture
def member(here, idx_folder):
    return read_again(muslin.fit(idx_folder, "espresso", **QUICK).folder)


def read_again(folder):
    (group,) = group_runs([read_record(folder)])
    return group.members[0]


def test_places_are_those_of_the_runs_own_test_set(member, monkeypatch):
    """Of which a run that began with another's weights lacks what those were trained on."""
    whole = pictures.read_pictures(member, range(60))
    rows = torch.arange(1, 60, 2)
    own_test = pictures.own_test

    def fewer(source, _, *rest):
        return replace(own_test(source, member.known, *rest), rows=rows)

    monkeypatch.setattr(pictures, "own_test", fewer)
    known, answers = member.known, member.record.answers
    order = known.order[torch.isin(known.order, rows)]
    tested = known.tested[torch.isin(known.order, rows)]
    part = replace(member, known=replace(known, tested=tested, order=(order - 1) // 2),
                   record=replace(member.record, answers=replace(answers, labels=answers.labels[rows])))  # fmt: skip
    assert torch.equal(pictures.read_pictures(part, [0, 5]), whole[[1, 11]])
