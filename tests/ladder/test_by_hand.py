"""The two rungs that were made by hand: rules that explain themselves, and a wired net."""

import numpy as np
import pytest

from muslin.data.sources.fashion_mnist import CLASSES
from muslin.ladder.features import NAMES, measure
from muslin.ladder.garments import GARMENTS
from muslin.ladder.mcculloch_pitts import WIRING, McCullochPittsRung, cells, make_net
from muslin.ladder.rules import FILE, Rules, garment_rules
from tests.ladder.test_features import PULLOVER, SHOE, T_SHIRT, TROUSER, picture

DRAWN = {"t-shirt": T_SHIRT, "trouser": TROUSER, "pullover": PULLOVER, "ankle-boot": SHOE}


def fitted(rung):
    one = rung(CLASSES)
    one.fit(np.zeros((1, 28, 28), np.uint8), np.array([0]))
    return one


@pytest.mark.parametrize("garment", DRAWN)
def test_rules_know_a_drawn_garment(garment):
    (answer,) = fitted(Rules).predict(DRAWN[garment][None])
    assert GARMENTS[answer] == garment


def test_rules_explain_themselves():
    why = fitted(Rules).why(TROUSER)
    assert why.startswith("class = trouser (0.9")
    assert "by rule trouser-by-legs (0.9)" in why
    assert "by rule slim (1)" in why
    assert "leg_gap = 1 (1): told" in why
    assert fitted(Rules).why(TROUSER[None]) == why


def test_rules_ask_only_for_what_is_measured_and_conclude_only_garments():
    base = garment_rules()
    assert base.numbers == set(NAMES)
    assert {fact.value for fact in base.known if fact.name == "class"} == set(GARMENTS)


HANDBAG = picture((14, 28, 3, 25), (1, 14, 8, 11), (1, 14, 17, 20), (1, 4, 8, 20))
SANDAL = picture((18, 24, 0, 28), (19, 23, 4, 14, "cut"), (6, 24, 22, 28))
COAT = picture((0, 5, 10, 18), (5, 28, 4, 24), (16, 28, 13, 15, "cut"))


@pytest.mark.parametrize(
    ("rule", "image", "garment"),
    [
        ("handle-hole", HANDBAG, "bag"),
        ("sandal-by-holes", SANDAL, "sandal"),
        ("shirt-by-sleeves", PULLOVER, "shirt"),
        ("coat-by-sleeves", COAT, "coat"),
    ],
)
def test_holes_and_gaps_beside_sleeves_count(rule, image, garment):
    def evidence(picture):
        beliefs = garment_rules().evaluate(measure(picture[None]))
        return {firing.rule.name: firing.rule.conclusion.value for firing in beliefs.firings}

    assert evidence(image)[rule] in (garment, None)  # a handle makes it a bag, another rule names the class
    assert rule not in evidence(T_SHIRT)


def test_every_rule_says_why_it_is_there():
    lines = FILE.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("rule "):
            assert lines[number - 1].startswith("# "), line


def test_rules_always_answer():
    images = np.random.default_rng(0).integers(0, 256, (200, 28, 28)).astype(np.uint8)
    images[:, :8] = images[:, :, :8] = 0
    assert (garment_rules().evaluate(measure(images)).best("class") != "").all()


def test_a_cell_is_lit_or_solid():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, :4, :4] = 100  # cell (0, 0): lit and solid
    image[0, :4, 4:6] = 100  # half of cell (0, 1): lit, with dark in it
    image[0, 4, 0] = 255  # one pixel of cell (1, 0): neither
    on = np.flatnonzero(cells(image)[0])
    assert on.tolist() == [0, 1, 7]


def test_exactly_one_neuron_fires():
    net, generator = make_net(), np.random.default_rng(0)
    fired = net(generator.integers(0, 2, (500, 98)))
    assert (fired.sum(axis=1) == 1).all()
    assert net(np.zeros((1, 98)))[0].tolist() == [0] * len(WIRING) + [1]


def test_inhibition_is_absolute():
    detectors = make_net().layers[0]
    for neuron in detectors:
        lines = np.zeros(98, np.int64)
        lines[list(neuron.excitatory)] = 1
        assert neuron(lines) == 1
        lines[neuron.inhibitory[0] if neuron.inhibitory else 0] = 1
        assert neuron(lines) == (0 if neuron.inhibitory else 1)


@pytest.mark.parametrize("garment", ["trouser", "t-shirt", "ankle-boot"])
def test_the_net_knows_a_drawn_garment(garment):
    (answer,) = fitted(McCullochPittsRung).predict(DRAWN[garment][None])
    assert GARMENTS[answer] == garment
