"""A run served over HTTP: where it listens, who may ask, and how it ends."""

import asyncio
import gc
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from muslin.errors import SettingError
from muslin.serving.app import HEALTH, serving_app
from muslin.serving.bodies import Limits
from muslin.serving.metrics import Metrics, metrics_app
from muslin.serving.model import ServedModel
from muslin.serving.service import Service
from muslin.serving.shedding import Shedding
from muslin.text import printable
from muslin.web.listening import check_open, listen
from muslin.web.server import LOOPBACK, Guard

__all__ = ["ModelServer", "Place", "model_server"]

Connect = Callable[[ServerState], asyncio.Protocol]

IDLE = 30  # seconds that a connection may stay without a request
LEAST_TOKEN = 16  # letters
STILL = 3  # tenths of a second without a request before it ends: what was sent may lie unread where the machine is busy


@dataclass(frozen=True)
class Place:
    """Where a server listens, and to whom.

    Attributes:
        host: address to listen on; other than loopback only with names in `allow`, and then a token is asked for.
        port: 0 for any that is free.
        allow: names by which others may call it, with the port where that is not its own.
        token_file: a file with the token; where it is needed and there is none, one is made.
        metrics_port: where its numbers are told, to whoever asks; 0 for any that is free, None for nowhere.
    """

    host: str = "127.0.0.1"
    port: int = 0
    allow: tuple[str, ...] = ()
    token_file: Path | None = None
    metrics_port: int | None = None


@dataclass(frozen=True)
class Door:
    """Lets anyone ask whether a server lives and is ready, for who asks that has no token; all else goes to the guard.

    Attributes:
        app: what answers.
        guard: what stands before it.
    """

    app: ASGIApp
    guard: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        is_health = scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and scope["path"] in HEALTH
        await (self.app if is_health else self.guard)(scope, receive, send)


class Server(uvicorn.Server):
    """A server that, told to end, first answers what it has taken, and then ends well.

    Args:
        config: what answers, and how.
        service: what it computes by.
        second: what else answers connections, and where: its metrics, if any.
    """

    def __init__(self, config: uvicorn.Config, service: Service, second: tuple[Connect, socket.socket] | None) -> None:
        super().__init__(config)
        self.service, self.second = service, second
        self._still = 0  # moments in which nothing was left to answer

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to answer."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()  # what is loaded stays: to look through it again and again took 30 ms each time
        if self.second is not None:
            make, listener = self.second
            server = await asyncio.get_running_loop().create_server(lambda: make(self.server_state), sock=listener)
            self.servers.append(server)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begins to end at a first signal; ends at once at a second."""
        if self.service.is_draining:
            super().handle_exit(sig, frame)
        self.service.is_draining = True

    async def on_tick(self, counter: int) -> bool:
        """Whether it is time to end."""
        is_still = self.service.is_draining and not self.service.active
        self._still = self._still + 1 if is_still else 0
        return await super().on_tick(counter) or self._still >= STILL

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Hears signals; having ended as it was told is no failure, so none is raised again."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()


@dataclass(frozen=True)
class ModelServer:
    """A server that listens already, and answers once it runs.

    Attributes:
        address: where, its token included.
        server: what answers.
        listener: the socket.
        metrics_address: where its numbers are; None for nowhere.
    """

    address: str
    server: Server
    listener: socket.socket
    metrics_address: str | None

    def run(self) -> None:
        """Answers until it is stopped, by `stop` or a signal."""
        self.server.run(sockets=[self.listener])

    def stop(self) -> None:
        """Lets `run` end once all that it has taken is answered."""
        self.server.service.is_draining = True


def model_server(model: ServedModel, name: str, place: Place, limits: Limits) -> ModelServer:
    """Returns a server of a model.

    Args:
        model: what answers.
        name: the model's name in the Open Inference Protocol.
        place: where to listen.
        limits: what a client may ask.

    Raises:
        SettingError: the address cannot be listened on, or is open to others without `allow`; the token is none; or a
            library is not installed.
    """
    try:
        from muslin.serving.connections import connections
    except ImportError as error:
        raise SettingError(
            f"muslin serve needs a library that cannot be imported ({error}); install it: pip install 'muslin[serve]'"
        ) from error
    is_open = check_open(place.host, place.allow)
    token = read_token(place.token_file) if place.token_file else secrets.token_urlsafe(16) if is_open else ""
    listener = listen(place.host, place.port)
    own_port = listener.getsockname()[1]
    service = Service(model, name, limits)
    app = serving_app(service)
    names = tuple(allowed.lower() for allowed in place.allow)
    guard = Guard(app, {*LOOPBACK, *names}, own_port, limits.most_bytes, token, names)
    metrics = Metrics(Door(app, guard), service)
    kind = connections(limits.head_seconds, Shedding(service, metrics))
    second, metrics_address = None, None
    if place.metrics_port is not None:
        told = configured(metrics_app(metrics), kind)
        second = (lambda state: kind(told, state, {})), listen(place.host, place.metrics_port)
        metrics_address = f"http://{place.host}:{second[1].getsockname()[1]}/metrics"
    shown = names[0] if is_open else "127.0.0.1"
    at = shown if ":" in shown else f"{shown}:{own_port}"
    address = f"http://{at}/" + (f"?token={token}" if token and place.token_file is None else "")
    return ModelServer(address, Server(configured(metrics, kind), service, second), listener, metrics_address)


def configured(app: ASGIApp, kind: type[asyncio.Protocol]) -> uvicorn.Config:
    """Returns how an application is served, by connections of a kind."""
    return uvicorn.Config(
        app, http=kind, ws="none", lifespan="on",
        log_level="error", access_log=False, server_header=False, timeout_keep_alive=IDLE, timeout_graceful_shutdown=5,
    )  # fmt: skip


def read_token(path: Path) -> str:
    """Reads a token's file.

    Raises:
        SettingError: it cannot be read, or the token is short or has letters that no header may hold.
    """
    try:
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise SettingError(f"--token-file {printable(path)} cannot be read: {error}") from error
    if len(token) < LEAST_TOKEN or not (token.isascii() and token.isprintable()) or set(token) & set(" ;,"):
        raise SettingError(
            f"--token-file {printable(path)}: a token has at least {LEAST_TOKEN} letters, digits or signs, without "
            "blanks; make one with: python -c 'import secrets; print(secrets.token_urlsafe())'"
        )
    return token
