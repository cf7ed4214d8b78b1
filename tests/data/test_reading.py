from pathlib import Path

import pytest

from muslin.data.reading import Reading
from muslin.errors import SettingError


def test_on_bad_is_stop_or_skip():
    with pytest.raises(SettingError, match="on_bad is 'ignore'; stop or skip"):
        Reading(on_bad="ignore")


def test_where_the_cache_is(monkeypatch):
    for name in ("MUSLIN_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert Reading().cache == Path.home() / ".cache" / "muslin"
    monkeypatch.setenv("XDG_CACHE_HOME", "/common")
    assert Reading().cache == Path("/common/muslin")
    monkeypatch.setenv("MUSLIN_CACHE", "/own")
    assert Reading().cache == Path("/own")
