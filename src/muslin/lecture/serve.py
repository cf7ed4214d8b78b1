"""The page on this computer, or for others that may call it: an address, and what answers there."""

import secrets
import socket
from collections.abc import Collection
from dataclasses import dataclass

import uvicorn

from muslin.lecture.app import MOST_BYTES, FindRun, lecture_app
from muslin.lecture.training import Training
from muslin.web.listening import check_open, listen
from muslin.web.server import LOOPBACK, Guard

__all__ = ["LectureServer", "lecture_server"]

IDLE = 10  # seconds that a connection may stay without a request
AT_ONCE = 200  # connections: 30 pages and their requests


class Server(uvicorn.Server):
    """A server that ends its training before it waits for its pages: they listen as long as there may be news."""

    def __init__(self, config: uvicorn.Config, training: Training) -> None:
        super().__init__(config)
        self.training = training

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends what it serves."""
        await self.training.end()
        await super().shutdown(sockets)


@dataclass(frozen=True)
class LectureServer:
    """A server that listens already, and answers once it runs.

    Attributes:
        address: what to open in a browser, its token included.
        server: what answers.
        listener: where.
    """

    address: str
    server: uvicorn.Server
    listener: socket.socket

    def run(self) -> None:
        """Answers until it is stopped, by `stop` or a signal."""
        self.server.run(sockets=[self.listener])

    def stop(self) -> None:
        """Lets `run` end soon."""
        self.server.should_exit = True


def lecture_server(
    host: str, port: int, allow: Collection[str], find: FindRun = lambda: None, training: Training | None = None
) -> LectureServer:
    """Returns a server of the page.

    Args:
        host: address to listen on; other than loopback only with names in `allow`, and then a token is asked for.
        port: 0 for any that is free.
        allow: names by which other computers may call this one.
        find: returns the run to look into.
        training: the one training that pages may begin; of Fashion-MNIST by default.

    Raises:
        SettingError: the address cannot be listened on, or is open to others without `allow`.
    """
    is_open = check_open(host, allow)
    listener = listen(host, port)
    own_port = listener.getsockname()[1]
    token = secrets.token_urlsafe(16) if is_open else ""
    hosts = {name.lower() for name in (*LOOPBACK, *allow)}
    training = training or Training()
    config = uvicorn.Config(
        Guard(lecture_app(find, training), hosts, own_port, MOST_BYTES, token),
        log_level="warning", access_log=False, server_header=False, timeout_keep_alive=IDLE,
        limit_concurrency=AT_ONCE, timeout_graceful_shutdown=1, lifespan="off",
    )  # fmt: skip
    name = next(iter(allow)) if is_open else "127.0.0.1"
    address = f"http://{name}:{own_port}/" + (f"?token={token}" if token else "")
    return LectureServer(address, Server(config, training), listener)
