import dataclasses

import pytest

from muslin.data.files.listing import check_classes
from muslin.errors import DataError
from tests.data.files.samples import listing_of


def test_a_class_that_lost_its_pictures_is_named():
    listing = listing_of([0] * 5 + [1] * 5)
    with pytest.raises(DataError, match="b has 0; every class needs at least 3"):
        check_classes(dataclasses.replace(listing, entries=listing.entries[:5]))
