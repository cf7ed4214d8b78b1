"""The lecture's page as a folder, served as any web host would."""

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn

from muslin.lecture.app import lecture_app
from muslin.lecture.export import export_lecture
from tests.browser.serving import serve_folder


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
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(lecture_app(), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server.should_exit = True
        thread.join()
