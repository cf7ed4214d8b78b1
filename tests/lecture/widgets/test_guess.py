"""Decks are fair, and the rungs' answers are to the deck's own garments."""

from base64 import b64decode

import numpy as np

from muslin.lecture.garments import shown_garments
from muslin.lecture.garments import test_garments as garments
from muslin.lecture.widgets import browse, guess


def test_each_deck_has_two_of_each_class_and_no_garment_comes_twice():
    values, seen = guess.values(), set()
    for deck in values["decks"]:
        assert np.bincount(deck["labels"]).tolist() == [2] * 10
        assert deck["labels"] != sorted(deck["labels"])
        pictures = np.frombuffer(b64decode(deck["garments"]), dtype=np.uint8).reshape(20, -1)
        seen |= {each.tobytes() for each in pictures}
    assert len(values["decks"]) == guess.DECKS
    assert len(seen) == 20 * guess.DECKS


def test_answers_are_to_the_same_garments():
    labels = garments()[1][shown_garments()]
    recorded = {rung["name"]: np.array(rung["answers"]) for rung in browse.rungs()["rungs"]}
    for number, deck in enumerate(guess.values()["decks"]):
        places = guess.deck(labels, number)
        assert labels[places].tolist() == deck["labels"]
        assert [rung["name"] for rung in deck["rungs"]] == list(guess.RUNGS)
        for rung in deck["rungs"]:
            assert rung["answers"] == recorded[rung["name"]][places].tolist()
