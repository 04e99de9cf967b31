"""What the server takes from the machine before it serves: an address, a certificate, a folder. Refusals say why."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import ssl
from pathlib import Path
from typing import NoReturn

from parastore.server.errors import StartError
from parastore.server.settings import Settings


def listen(settings: Settings) -> socket.socket:
    """A listening socket. Connections wait in it until a worker takes them. Raises StartError."""
    host, port = settings.host, settings.port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError):
        raise StartError(f"The host {host} cannot be resolved. Give an address of this machine with --host.") from None
    require_safe(settings, str(address[0]))
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Two servers may be bound to one port, but only one may listen: claim it now.
        listener.listen(4096)
    except OSError as error:
        listener.close()
        raise StartError(_why_not(error, host, port)) from None
    listener.set_inheritable(True)
    return listener


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is in use. Stop what uses it, or give another with --port (0 takes a free one)."
    if error.errno == errno.EACCES:
        return f"This user may not listen on port {port}. Give a port from 1024 on with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine. Give one that is with --host."
    return f"Cannot listen on {host} port {port}: {error.strerror}."


def require_safe(settings: Settings, address: str) -> None:
    """Refuse to send secrets over a network in the clear, unless told to. Raises StartError."""
    if settings.tls_cert is not None or settings.allow_plaintext:
        return
    if ipaddress.ip_address(address.partition("%")[0]).is_loopback:
        return
    raise StartError(
        f"Listening on {settings.host} without TLS would send secrets over the network in the clear. Either give "
        "--tls-cert and --tls-key, or listen on 127.0.0.1, or, when something in front of the server does TLS, say so "
        "with --allow-plaintext."
    )


def tls_context(settings: Settings) -> ssl.SSLContext:
    """The context for `tls_cert` and `tls_key`: TLS 1.2 or newer, HTTP/1.1. Raises StartError."""
    cert, key = settings.tls_cert, settings.tls_key
    assert cert is not None
    assert key is not None
    for name, file in (("tls_cert", cert), ("tls_key", key)):
        try:
            file.open("rb").close()
        except OSError as error:
            raise StartError(f"Cannot read {name} {file}: {error.strerror}.") from None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])

    def no_password() -> NoReturn:
        raise StartError(f"tls_key {key} is protected by a passphrase. Give a key without one, readable only to us.")

    try:
        context.load_cert_chain(cert, key, password=no_password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise StartError(f"tls_key {key} is not the key of the first certificate in tls_cert {cert}.") from None
        raise StartError(f"tls_cert {cert} and tls_key {key} must be PEM files: {error.reason or error}.") from None
    return context


def require_data_dir(folder: Path) -> None:
    """Make the data folder, open to its owner only, or see that it can be written. Raises StartError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        raise StartError(f"The data folder {folder} is a file. Give a folder with --data-dir.") from None
    except OSError as error:
        raise StartError(
            f"Cannot make the data folder {folder}: {error.strerror}. Give another with --data-dir."
        ) from None
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise StartError(f"The data folder {folder} cannot be written by this user. Give another with --data-dir.")
