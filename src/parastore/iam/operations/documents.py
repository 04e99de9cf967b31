"""Policy documents as they are handed in: parsed, measured, refused in IAM's words."""

from __future__ import annotations

from parastore.iam import rules
from parastore.iam.directory.identities import Kind
from parastore.iam.errors import LimitExceeded, MalformedPolicyDocument
from parastore.policy.document import Document, parse
from parastore.policy.document import Kind as DocumentKind
from parastore.policy.errors import DocumentError

MOST_MANAGED = 6144
MOST_TRUST = 2048
# All inline policies of one identity together.
MOST_INLINE: dict[Kind, int] = {"user": 2048, "group": 5120, "role": 10240}


def parsed(text: str, kind: DocumentKind = DocumentKind.IDENTITY) -> Document:
    """The document. Raises MalformedPolicyDocument."""
    try:
        document = parse(text, kind)
    except DocumentError as error:
        raise MalformedPolicyDocument(str(error)) from error
    if kind is DocumentKind.IDENTITY and document.version != "2012-10-17":
        raise MalformedPolicyDocument("Policy document must be version 2012-10-17 or greater.")
    return document


def check_managed(text: str) -> None:
    """Raise MalformedPolicyDocument or LimitExceeded unless a managed policy may hold it."""
    if rules.size(text) > MOST_MANAGED:
        raise LimitExceeded(f"Cannot exceed quota for PolicySize: {MOST_MANAGED}")
    parsed(text)


def check_trust(text: str) -> None:
    """Raise MalformedPolicyDocument or LimitExceeded unless a role may be trusted so."""
    if rules.size(text) > MOST_TRUST:
        raise LimitExceeded(f"Cannot exceed quota for ACLSizePerRole: {MOST_TRUST}")
    for statement in parsed(text, DocumentKind.TRUST).statements:
        for action in statement.actions:
            if not action.lower().startswith("sts:"):
                raise MalformedPolicyDocument("AssumeRole policy may only specify STS AssumeRole actions.")


def check_inline(kind: Kind, name: str, texts: list[str]) -> None:
    """Raise LimitExceeded unless an identity may have these inline policies together."""
    if sum(map(rules.size, texts)) > MOST_INLINE[kind]:
        raise LimitExceeded(f"Maximum policy size of {MOST_INLINE[kind]} bytes exceeded for {kind} {name}")
