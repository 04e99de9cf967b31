"""A real OpenID provider for tests, `oidc-provider` from npm, and a person at its pages without a browser."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import boto3
import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.folders import ACCOUNT, KEY_ID, SECRET, make_folder

from parastore.testing.server import Keys, Server

CLIENT_ID = "parastore"
_PROVIDER = Path(__file__).parent / "sdk" / "js" / "provider.mjs"


class Issuer:
    """The provider in a process of its own. `people` are names and their claims; `key` signs its ID tokens."""

    def __init__(self, people: dict[str, dict[str, Any]]) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(self.key, as_dict=True) | {"kid": "k1", "use": "sig", "alg": "RS256"}
        options = {"jwks": {"keys": [jwk]}, "people": people, "seconds": {"IdToken": 3600}}
        self._process = subprocess.Popen(
            [str(Path(sys.executable).with_name("node")), str(_PROVIDER), json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url.startswith("http://"), "run `make setup`"

    @property
    def name(self) -> str:
        """What trust policies call it."""
        return self.url.removeprefix("http://")

    def configuration(self, roles: dict[str, list[str]], *, scopes: str = "openid profile groups") -> str:
        """The part of a server's TOML file that lets people sign in here."""
        lines = ["[[oidc_issuers]]", f'issuer = "{self.url}"', "[oidc_issuers.people]", f'client_id = "{CLIENT_ID}"']
        lines += [
            'label = "Acme"',
            "duration_seconds = 5400",
            f"scopes = {json.dumps(scopes.split())}",
            "[oidc_issuers.people.roles]",
        ]
        return "\n".join([*lines, *(f"{json.dumps(group)} = {json.dumps(arns)}" for group, arns in roles.items()), ""])

    def token(self, name: str, **claims: Any) -> str:
        """An ID token that the provider might have given."""
        now = int(time.time())
        standard = {"iss": self.url, "aud": CLIENT_ID, "sub": name, "preferred_username": f"{name}@example.com"}
        content = standard | {"iat": now, "exp": now + 300} | claims
        return jwt.encode(content, self.key, algorithm="RS256", headers={"kid": "k1"})

    def close(self) -> None:
        self._process.communicate()


def sign_in(url: str, name: str, *, until: str | None = None) -> str:
    """What a person does in a browser: log in, agree. The URL that they are sent to, which begins with `until`.

    Without `until` it is the last page, one that asks nothing.
    """
    with requests.Session() as browser:
        answer = browser.get(url, allow_redirects=False)
        for _ in range(20):
            if answer.is_redirect:
                target = urljoin(answer.url, answer.headers["Location"])
                if until is not None and target.startswith(until):
                    return target
                answer = browser.get(target, allow_redirects=False)
                continue
            form = re.search(r'(?s)<form[^>]* action="([^"]+)".*?</form>', answer.text)
            if until is None and not form:
                return answer.text
            assert form, answer.text
            fields = dict(re.findall(r'<input[^>]*type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
            if 'name="login"' in form[0]:
                fields |= {"login": name, "password": "anything"}
            target = urljoin(answer.url, unescape(form[1]))
            answer = browser.post(target, data=fields, allow_redirects=False)
        raise AssertionError(f"no way from {url} to {until}")


class Acme:
    """A company whose people sign in to its Parastore: ann may read and write, bob read, and cho is in no group.

    Ann's groups have three roles: reader, writer, and auditor, which is `closed`: its trust policy trusts nobody.
    """

    def __init__(self, folder: Path) -> None:
        self.issuer = Issuer({"ann": {"groups": ["dev", "ops"]}, "bob": {"groups": ["dev"]}, "cho": {"groups": []}})
        self.reader, self.writer, self.closed = (
            f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("reader", "writer", "auditor")
        )
        (folder / "parastore.toml").write_text(
            self.issuer.configuration(
                {"dev": [self.reader], "ops": [self.writer, self.closed]},
                scopes="openid profile groups offline_access",
            )
        )
        make_folder(folder / "data")
        self.server = Server(folder / "data", config=folder / "parastore.toml")
        self.server.start()
        self.keys = Keys(ACCOUNT, KEY_ID, SECRET)
        iam = self.iam()
        for arn, actions in ((self.reader, "ssm:Get*"), (self.writer, "ssm:*"), (self.closed, "ssm:*")):
            name = arn.rpartition("/")[2]
            trust = {
                "Effect": "Deny" if arn == self.closed else "Allow",
                "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{self.issuer.name}"},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {f"{self.issuer.name}:aud": CLIENT_ID}},
            }
            allow = {"Effect": "Allow", "Action": actions, "Resource": "*"}
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust), MaxSessionDuration=7200)
            iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=_policy(allow))
        iam.close()

    def iam(self) -> Any:
        """IAM as the account's administrator."""
        return boto3.client("iam", endpoint_url=self.server.url, region_name="us-east-1", **self.keys.for_boto3())

    def close(self) -> None:
        self.server.stop()
        self.issuer.close()


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
