"""Where a server listens, and to whom."""

import socket
from collections.abc import Collection

from muslin.errors import SettingError
from muslin.web.server import LOOPBACK

__all__ = ["check_open", "listen"]


def check_open(host: str, allow: Collection[str]) -> bool:
    """Whether other computers can reach an address to listen on.

    Raises:
        SettingError: they can, and `allow` has no names by which they may call this one.
    """
    is_open = host not in LOOPBACK and host != "::1"
    if is_open and not allow:
        raise SettingError(
            f"host is {host}, which other computers can reach: say by which names they may call this one, such as "
            f"--allow {socket.gethostname()}"
        )
    return is_open


def listen(host: str, port: int) -> socket.socket:
    """Returns a socket that listens: before the address is told, so that whoever opens it is heard.

    Raises:
        SettingError: the port is taken, or the address is not this computer's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # named as TCP, or asyncio does not know that answers may go at once, and each waits for 40 ms
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingError(f"cannot listen on {host}, port {port}: {error.strerror}; choose another --port") from error
    listener.listen()
    return listener
