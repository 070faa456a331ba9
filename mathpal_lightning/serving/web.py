"""The server: an address taken before the model is loaded, then uvicorn with the application of `app.py` on it."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import uvicorn

from mathpal_lightning.compat.system import resource
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.serving import CONTEXT, SLOTS, connection
from mathpal_lightning.serving.app import App
from mathpal_lightning.serving.desk import Desk, Llama
from mathpal_lightning.serving.guard import Guard, is_loopback
from mathpal_lightning.serving.invitation import link_to
from mathpal_lightning.serving.settings import PageSettings

BACKLOG = 2_048
"""Connections that the system takes while this program is busy; the kernel's own limit may be lower."""
_OPEN_FILES = 4_096
_GRACE_S = 1


class Tls(NamedTuple):
    """The files of a certificate (with its chain) and of its private key, in PEM."""

    certificate: Path
    key: Path


class PageServer:
    """The page and the API. Use as a context manager; set `llama` before `serve_forever`.

    Attributes:
        tls: the files of the certificate; None for plain HTTP.
        is_shared: other machines can reach it.
        guard: knows the key.
        server_address: the address and the port that it listens on.
    """

    def __init__(
        self, host: str, port: int, context: int = CONTEXT, tls: Tls | None = None, settings: PageSettings | None = None
    ):
        """Take the address.

        Args:
            host: an address or name of this machine.
            port: 0 takes any free one.
            context: tokens that the slots of llama.cpp share.
            tls: serve HTTPS with this certificate.
            settings: of the page.

        Raises:
            OSError: the address is not free, or not of this machine.
        """
        _allow_open_files()
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        self.tls = tls
        self.is_shared = not is_loopback(str(address[0]))
        self.guard = Guard(loopback=not self.is_shared, secure=tls is not None)
        both = family == socket.AF_INET6 and socket.has_dualstack_ipv6()
        self._socket = socket.create_server((str(address[0]), port), family=family, backlog=BACKLOG, dualstack_ipv6=both)
        self.server_address: tuple[str, int] = self._socket.getsockname()[:2]
        self._desk = Desk(SLOTS, context)
        link = link_to(f"{self.url}/", self.guard.key) if self.is_shared else None
        self._server = uvicorn.Server(
            uvicorn.Config(
                App(self._desk, self.guard, settings, link).asgi,
                **connection.settings(),
                loop="asyncio",
                log_config=None,
                log_level="critical",  # what a pupil asks is nobody else's business; faults are shown by the application
                access_log=False,
                server_header=False,
                proxy_headers=False,  # anybody can write X-Forwarded-For
                backlog=BACKLOG,
                timeout_graceful_shutdown=_GRACE_S,
                ssl_certfile=tls and str(tls.certificate),
                ssl_keyfile=tls and str(tls.key),
            )
        )

    def __enter__(self) -> PageServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._socket.close()

    @property
    def llama(self) -> Llama:
        """What answers."""
        return self._desk.llama

    @llama.setter
    def llama(self, llama: Llama) -> None:
        self._desk.llama = llama

    @property
    def url(self) -> str:
        """Where a browser finds the page, of another machine too where every address is listened on."""
        host, port = self.server_address
        host = _own_address() if ipaddress.ip_address(host).is_unspecified else host
        return f"{'https' if self.tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"

    def serve_forever(self) -> None:
        """Answer until `shutdown`, or a signal, which is raised again afterwards."""
        with self._server.capture_signals():  # from before its loop is made: a signal must not interrupt the making
            self._server.run([self._socket])

    def shutdown(self) -> None:
        """End `serve_forever` from another thread: answers under way have a second."""
        self._server.should_exit = True


def bind(
    host: str, port: int, context: int = CONTEXT, tls: Tls | None = None, settings: PageSettings | None = None
) -> PageServer:
    """Take the address, before anything slow; the arguments are those of `PageServer`.

    Raises:
        ConfigError: it is in use, not an address of this machine, or not allowed; a certificate that cannot be used; a key
            that somebody could guess.
    """
    if tls:
        _check_certificate(tls)
    try:
        return PageServer(host, port, context, tls, settings)
    except (OSError, OverflowError) as error:
        raise ConfigError(
            "a free address of this machine",
            f"{host}:{port}: {getattr(error, 'strerror', None) or str(error).rstrip('.')}",
            "Stop the program that uses it, or choose another port: --port 8081, or --port 0 for any free one.",
        ) from error


def _check_certificate(tls: Tls) -> None:
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(tls.certificate, tls.key)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigError(
            "a certificate and its private key, in PEM and without a password",
            f"{tls.certificate} and {tls.key}: {error.strerror or error}",
            "Give both: --tls_certificate FILE --tls_key FILE.",
        ) from error


def _allow_open_files() -> None:
    """Each connection is an open file, and the usual limit of 1,024 is soft."""
    if resource is not None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _own_address() -> str:
    """The address under which the network knows this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # of a datagram socket: nothing is sent, a route is chosen
        except OSError:
            return socket.gethostname()
        return str(probe.getsockname()[0])
