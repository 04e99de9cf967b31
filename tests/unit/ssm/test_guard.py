from __future__ import annotations

import pytest

from parastore.ssm.rules import guard

KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
PLAIN = [
    ("/app/greeting", "hello"),
    ("/app/url", "https://example.com/some/path"),
    ("/app/image", "ami-0abcdef1234567890"),
    ("/app/id", "123e4567-e89b-12d3-a456-426614174000"),
    ("/app/role", "arn:aws:iam::123456789012:role/MyServiceRole2Name"),
    ("/app/long", "A" * 4096),
    ("/app/words", "the quick brown fox " * 100),
    ("/app/password", "changeme"),
    ("/app/password", "short"),
    ("/app/password", "arn:aws:secretsmanager:us-east-1:123456789012:secret:x"),
    ("/password/policy", "at-least-12"),
]
SECRET = [
    ("/db/password", "Hunter2!!x", "Secret By Name"),
    ("/app/k", "AKIAIOSFODNN7EXAMPLE", "AWS Access Key"),
    ("/app/k", f"prefix {KEY}", "High Entropy String"),
    ("/app/u", "postgres://user:p4ssword@host/db", "Basic Auth Credentials"),
    ("/app/list", "one,ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8", "GitHub Token"),
    ("/app/pem", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n", "Private Key"),
]


@pytest.mark.parametrize(("name", "value"), PLAIN)
def test_what_is_no_secret(name: str, value: str) -> None:
    assert guard.kinds(name, value) == []


@pytest.mark.parametrize(("name", "value", "kind"), SECRET)
def test_what_is_one(name: str, value: str, kind: str) -> None:
    found = guard.kinds(name, value)
    assert kind in found
    assert value not in " ".join(found)
