"""How many wirings compute a gate, against the textbook's own gates and by trying nets one by one."""

import json
from itertools import product

import pytest

from muslin.lecture.widgets import gates
from muslin.textbook.neuron import AND, OR, XOR, McCullochPittsNet, truth_table

GATES = {gate["name"]: gate for gate in gates.values()["gates"]}


@pytest.mark.parametrize(("name", "net"), [("AND", AND), ("OR", OR), ("XOR", XOR)])
def test_answers_are_the_textbooks(name, net):
    assert GATES[name]["answers"] == tuple(truth_table(net, inputs=2)[:, -1].tolist())


def test_of_all_neurons_none_is_xor_nand_or_odd():
    none = {name for name, gate in GATES.items() if gate["alone"]["found"] == 0}
    assert none == {"NAND", "XOR", "exactly one", "odd (XOR of three)"}
    assert {gate["inputs"]: gate["alone"]["tried"] for gate in GATES.values()} == {2: 3**2 * 4, 3: 3**3 * 5}


def test_the_count_of_two_layers_is_that_of_all_nets():
    singles = gates.neurons(2)
    tables = [truth_table(McCullochPittsNet([[neuron]]), 2)[:, -1] for neuron in singles]
    found = 0
    for first, second in product(tables, repeat=2):
        for last in tables:
            answers = [int(last[2 * one + other]) for one, other in zip(first, second, strict=True)]
            found += answers == [0, 1, 1, 0]
    assert found == GATES["XOR"]["layers"]["found"] > 0
    assert GATES["XOR"]["layers"]["tried"] == len(singles) ** 3


def test_values_are_plain():
    values = gates.values()
    assert json.loads(json.dumps(values, allow_nan=False))["gates"][0]["answers"] == [0, 0, 0, 1]
