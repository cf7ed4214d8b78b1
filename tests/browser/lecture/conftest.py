"""The lecture's page as a folder, served as any web host would."""

from collections.abc import Iterator

import pytest

from muslin.lecture.export import export_lecture
from tests.browser.serving import serve_folder
from tests.lecture.served import served


@pytest.fixture(scope="package")
def lecture_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the exported page, with a slash at its end."""
    folder = tmp_path_factory.mktemp("lecture") / "page"
    export_lecture(folder)
    with serve_folder(folder) as url:
        yield f"{url.rstrip('/')}/"


@pytest.fixture(scope="package")
def live_url() -> Iterator[str]:
    """The address of the page with Python behind it, with a slash at its end."""
    with served() as url:
        yield url
