"""Somebody's account with people in it: `house` makes users and roles, and clients for them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.conftest import Client, ClientFactory

from parastore.testing.server import Keys, Server

Document = dict[str, Any]


def document(*statements: Document) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: Any, resources: Any = "*", **more: Any) -> Document:
    return {"Effect": "Allow", "Action": actions, "Resource": resources} | more


def deny(actions: Any, resources: Any = "*", **more: Any) -> Document:
    return allow(actions, resources, **more) | {"Effect": "Deny"}


def trust(principal: Any, action: Any = "sts:AssumeRole", **more: Any) -> str:
    return document({"Effect": "Allow", "Principal": principal, "Action": action} | more)


class House:
    """One account. Clients are the root's unless `of` says whose."""

    def __init__(self, server: Server, keys: Keys, client_for: ClientFactory) -> None:
        self.account = keys.account
        self.server = server
        self.keys = keys
        self._client_for = client_for
        self.iam = self.client("iam")
        self.ssm = self.client("ssm")

    def client(self, service: str, of: Any = None, **config: Any) -> Client:
        return self._client_for(self.server, of or self.keys, service=service, **config)

    def user(self, name: str, *statements: Document, path: str = "/") -> Signer:
        """A user with an access key, and an inline policy of these statements."""
        self.iam.create_user(UserName=name, Path=path)
        if statements:
            self.iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document(*statements))
        made = self.iam.create_access_key(UserName=name)["AccessKey"]
        return Signer(made["AccessKeyId"], made["SecretAccessKey"])

    def role(self, name: str, trusted: str, *statements: Document, **more: Any) -> str:
        """A role with an inline policy; its ARN."""
        arn: str = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted, **more)["Role"]["Arn"]
        if statements:
            self.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(*statements))
        return arn

    def arn(self, resource: str) -> str:
        return f"arn:aws:iam::{self.account}:{resource}"

    def parameter(self, path: str) -> str:
        return f"arn:aws:ssm:us-east-1:{self.account}:parameter{path}"


class Signer:
    """Credentials, temporary ones with their token."""

    def __init__(self, access_key_id: str, secret_access_key: str, session_token: str | None = None) -> None:
        self.access_key_id = access_key_id
        self.secret_access_key = secret_access_key
        self.session_token = session_token

    @classmethod
    def of(cls, credentials: dict[str, Any]) -> Signer:
        return cls(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


def refusal(client: Client, operation: str, **members: Any) -> dict[str, str]:
    """The error of a call that must fail."""
    with pytest.raises(client.exceptions.ClientError) as caught:
        getattr(client, operation)(**members)
    error: dict[str, str] = caught.value.response["Error"]
    return error


def message(client: Client, operation: str, **members: Any) -> str:
    """The sealed message of a call that must be denied."""
    with pytest.raises(client.exceptions.ClientError) as caught:
        getattr(client, operation)(**members)
    sealed: str = caught.value.response["ResponseMetadata"]["HTTPHeaders"]["x-parastore-denial"]
    return sealed


def denied(client: Client, operation: str, **members: Any) -> bool:
    return refusal(client, operation, **members)["Code"] in ("AccessDenied", "AccessDeniedException")


@pytest.fixture
def house(server: Server, keys: Keys, client_for: ClientFactory) -> House:
    return House(server, keys, client_for)
