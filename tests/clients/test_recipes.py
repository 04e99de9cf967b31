"""The recipes of docs/python.md, word for word, with the real frameworks against a running server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.clients.test_js import ROOT
from tests.clients.test_python import BIN, run
from tests.conftest import Client

PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")


def block(after: str, language: str = "python") -> str:
    """The first block of code after a place in the page."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE[PAGE.index(after) :], re.DOTALL)
    assert found, after
    return found[1]


@pytest.fixture
def project(environ: dict[str, str], ssm: Client, tmp_path: Path) -> dict[str, str]:
    """The application's parameters; its environment; the page's settings in myapp/config.py, Django's beside it."""
    for name, kind, value in [
        ("secret_key", "SecureString", "a key of Django's"),
        ("db/host", "String", "db.example.com"),
        ("db/password", "SecureString", "00123"),
        ("allowed_hosts", "StringList", "a.example.com,b.example.com"),
        ("banner", "String", "@format {env[HOME]}"),
    ]:
        ssm.put_parameter(Name=f"/myapp/prod/{name}", Value=value, Type=kind)
    package = tmp_path / "myapp"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "config.py").write_text(block("## Settings"))
    (package / "settings.py").write_text(block("**Django**"))
    for name in ("Flask", "FastAPI", "dynaconf"):
        (package / f"{name.lower()}_app.py").write_text(block(f"**{name}**"))
    return environ | {"PYTHONPATH": f"{tmp_path}:{ROOT / 'src'}"}


def python(project: dict[str, str], code: str) -> None:
    run(project, BIN / "python", "-W", "error", "-c", code)


def test_django(project: dict[str, str]) -> None:
    python(
        project | {"DJANGO_SETTINGS_MODULE": "myapp.settings"},
        """
import django
from django.conf import settings
from django.core import signing
django.setup()
assert settings.SECRET_KEY == "a key of Django's"
assert signing.loads(signing.dumps("x"), key="a key of Django's") == "x"
assert settings.ALLOWED_HOSTS == ["a.example.com", "b.example.com"]
assert settings.DATABASES["default"]["HOST"] == "db.example.com"
assert settings.DATABASES["default"]["PORT"] == 5432
assert settings.DATABASES["default"]["PASSWORD"] == "00123"
""",
    )


def test_django_without_a_line_of_code(project: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text("import os\nSECRET_KEY = os.environ['SECRET_KEY']\n")
    (tmp_path / "manage.py").write_text(
        "import sys\nfrom django.core import management\nmanagement.execute_from_command_line(sys.argv)\n"
    )
    said = run(
        project | {"DJANGO_SETTINGS_MODULE": "plain"},
        *("parastore", "exec", "/myapp/prod", "--", BIN / "python", tmp_path / "manage.py", "check"),
    )
    assert "no issues" in said


def test_flask(project: dict[str, str]) -> None:
    python(
        project,
        """
from flask import session
from myapp.flask_app import app
assert app.config["DB_PASSWORD"] == "00123"
@app.get("/")
def page():
    session["seen"] = app.config["DB_HOST"]  # needs SECRET_KEY
    return app.config["BANNER"]
answer = app.test_client().get("/")
assert answer.text == "@format {env[HOME]}"
assert "session=" in answer.headers["Set-Cookie"]
""",
    )


def test_fastapi(project: dict[str, str]) -> None:
    python(
        project,
        """
import asyncio, httpx
from myapp.fastapi_app import app
async def ask():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
        return await client.get("/")
assert asyncio.run(ask()).json() == {"banner": "@format {env[HOME]}"}
""",
    )


def test_dynaconf(project: dict[str, str], tmp_path: Path) -> None:
    python(
        project,
        """
from myapp.dynaconf_app import settings
assert settings.DB.PASSWORD == "00123"
assert settings.BANNER == "@format {env[HOME]}"
""",
    )
    (tmp_path / "app.py").write_text("from dynaconf import Dynaconf\nprint(Dynaconf().DB_HOST)\n")
    words = ("--prefix", "DYNACONF_", "--", BIN / "python", tmp_path / "app.py")
    assert run(project, "parastore", "exec", "/myapp/prod", *words) == "db.example.com\n"
