"""A knowledge base about clothes."""

import pytest

from muslin.textbook.rules import KnowledgeBase

CLOTHES = """
# What a picture can show.
facts sleeves, collar, material = wool
numbers height, holes

rule tall
    if height > 20
    then tall
rule boot salience 5 certainty 0.8
    if tall
    and not sleeves
    then class = boot
rule dress certainty 0.6
    if tall
    and sleeves
    and holes <= 1
    then class = dress
rule warm certainty 0.5
    if material = wool
    then class = coat
rule coat certainty 0.5
    if class = dress
    and collar
    then class = coat
rule bare certainty -0.9   # evidence against
    if holes > 3
    then class = boot
"""


@pytest.fixture
def clothes():
    return KnowledgeBase.parse(CLOTHES)
