"""An account with parameters, and the environment by which every client finds it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.script import environment
from tests.conftest import Client

from parastore.testing.server import Keys, Server


@pytest.fixture
def environ(server: Server, keys: Keys, ssm: Client, tmp_path: Path) -> dict[str, str]:
    ssm.put_parameter(Name="/c/host", Value="h1", Type="String")
    ssm.put_parameter(Name="/c/host", Value="h", Overwrite=True)
    ssm.label_parameter_version(Name="/c/host", ParameterVersion=1, Labels=["old"])
    ssm.put_parameter(Name="/c/names", Value="a,b", Type="StringList")
    ssm.put_parameter(Name="/c/json", Value='{"a": 1}', Type="String")
    ssm.put_parameter(Name="/c/deep/secret", Value="hush", Type="SecureString", Tags=[{"Key": "team", "Value": "core"}])
    return environment(
        tmp_path,
        AWS_ENDPOINT_URL_SSM=server.url,
        AWS_REGION="us-east-1",
        AWS_DEFAULT_REGION="us-east-1",
        **keys.for_environment(),
    )
