"""Airflow with Amazon's provider reading its connections and variables, by the airflow.cfg of docs/python.md.

It lives in .venv/airflow, which `make airflow` makes: 162 packages are too many for every run of the tests.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.script import environment
from tests.clients.test_js import ROOT
from tests.clients.test_python import run
from tests.clients.test_recipes import block
from tests.conftest import Client

from parastore.testing.server import Keys, Server

BIN = ROOT / ".venv" / "airflow" / "bin"
# As a DAG does it; the task's own library asks the same backends.
DAG = """
from airflow.models import Connection, Variable
found = Connection.get_connection_from_secrets("warehouse")
print("seen", [found.conn_type, found.host, found.login, found.password, found.port, Variable.get("region")])
"""


def test_connections_and_variables(server: Server, keys: Keys, ssm: Client, tmp_path: Path) -> None:
    uri = "postgresql://etl:hush@db.example.com:5433/warehouse"
    ssm.put_parameter(Name="/airflow/connections/warehouse", Value=uri, Type="SecureString")
    ssm.put_parameter(Name="/airflow/variables/region", Value="ap-northeast-2", Type="String")
    (tmp_path / "airflow.cfg").write_text(block("**Airflow**", "ini"))
    environ = environment(
        tmp_path,
        AIRFLOW_HOME=str(tmp_path),
        AWS_ENDPOINT_URL_SSM=server.url,
        AWS_DEFAULT_REGION="us-east-1",
        **keys.for_environment(),
    )
    said = run(environ, BIN / "python", "-c", DAG)
    assert "seen ['postgres', 'db.example.com', 'etl', 'hush', 5433, 'ap-northeast-2']" in said
    shown = json.loads(run(environ, BIN / "airflow", "connections", "get", "warehouse", "-o", "json").splitlines()[-1])
    assert shown[0]["host"] == "db.example.com"
