"""`parastore agent`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from parastore.cli import exits
from parastore.cli.aws import aws_command
from parastore.client.connect import Place


@click.command(
    epilog="""\b
Examples:
  parastore agent                                       in a container with session credentials
  parastore agent --token-file /run/myapp/agent.token
  parastore agent --token-file T --disk-cache /var/lib/myapp/parameters.cache
  curl -H "X-Aws-Parameters-Secrets-Token: $(cat T)" \\
       'http://localhost:2773/systemsmanager/parameters/get?name=%2Fmyapp%2Fdb%2Fpassword&withDecryption=true'
"""
)
@aws_command
@click.option("--host", default="127.0.0.1", show_default=True, help="Address of this machine to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one.")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What clients must show, by default AWS_SESSION_TOKEN. Made with a random token if it is not there.",
)
@click.option("--stale/--no-stale", default=True, help="Whether old values are served while the server is away.")
@click.option(
    "--disk-cache", type=click.Path(path_type=Path, dir_okay=False), help="File to keep values in, encrypted."
)
@click.option("--disk-key", type=click.Path(path_type=Path, dir_okay=False), help="Its key, by default beside it.")
def agent(
    place: Place,
    host: str,
    port: int | None,
    token_file: Path | None,
    stale: bool,
    disk_cache: Path | None,
    disk_key: Path | None,
) -> None:
    """Serve the HTTP API of the AWS Parameters and Secrets Lambda Extension on this machine, until SIGTERM or Ctrl-C.

    Takes the extension's variables: PARAMETERS_SECRETS_EXTENSION_HTTP_PORT (2773), _CACHE_ENABLED, _CACHE_SIZE,
    _MAX_CONNECTIONS, _LOG_LEVEL, SSM_PARAMETER_STORE_TTL, SSM_PARAMETER_STORE_TIMEOUT_MILLIS, SECRETS_MANAGER_TTL and
    SECRETS_MANAGER_TIMEOUT_MILLIS.
    """
    from parastore.agent.disk import DiskError  # noqa: PLC0415 (not for --help)
    from parastore.agent.rules import BadSetting, read_settings  # noqa: PLC0415
    from parastore.agent.run import NoToken, Options, read_token, serve  # noqa: PLC0415
    from parastore.server.errors import StartError  # noqa: PLC0415

    try:
        settings = read_settings(os.environ, port)
        serve(settings, Options(host, place, read_token(os.environ, token_file), stale, disk_cache, disk_key))
    except (BadSetting, NoToken, DiskError, StartError) as error:
        raise exits.Ended(exits.UNABLE, str(error)) from None
