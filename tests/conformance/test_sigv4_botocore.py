"""botocore as the second implementation: what it signs we accept, and the same with any byte changed we refuse.

Some changes do not change the request: the order of query parameters, how a byte of the query is escaped, white space
around a header's value. Those keep the canonical request, and only those may pass.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple
from unittest.mock import patch
from urllib.parse import quote, urlsplit

import pytest
from botocore.auth import SIGNED_HEADERS_BLACKLIST, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from parastore.errors import ServiceError
from parastore.sigv4.canonical import SignedHeaders, canonical_query, canonical_request, query_parameters
from parastore.sigv4.claim import read_claim
from parastore.sigv4.sign import Key, presign, sign
from parastore.sigv4.verify import verify

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
NOW = datetime(2026, 5, 6, 14, 46, 34, tzinfo=UTC)


timeless = settings(deadline=None)  # botocore takes its time on a busy machine.


class Request(NamedTuple):
    method: str
    path: bytes
    query: bytes
    headers: dict[bytes, bytes]
    body: bytes

    def accepted(self, token: str | None, seconds_later: int = 0) -> bool:
        try:
            claim = read_claim(self.method, self.path, self.query, self.headers)
            if (claim.key_id, claim.session_token) != ("AKIDEXAMPLE", token):
                return False
            verify(claim, SECRET, *self, service="ssm", now=NOW.timestamp() + seconds_later)
        except ServiceError:
            return False
        return True


segment = st.text(st.characters(codec="utf-8"), max_size=6)
paths = st.lists(segment | st.sampled_from([".", "..", "", "a b", "~", "%41"]), max_size=4).map(
    lambda parts: "/" + "/".join(quote(part, safe="") for part in parts)
)
words = st.text(st.characters(codec="utf-8"), max_size=6)
queries = st.dictionaries(words.filter(bool), words, max_size=4).map(
    lambda pairs: "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs.items())
)
names = st.from_regex(r"\A[a-z0-9!#$%&'*+.^_`|~-]{1,12}\Z").filter(
    lambda name: (
        name not in {*SIGNED_HEADERS_BLACKLIST, "host", "date", "authorization", "content-length"}
        and not name.startswith("x-amz-")
    )
)
values = st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.just("\t"), max_size=12)
header_sets = st.dictionaries(names, values, max_size=4)
tokens = st.none() | st.text("ABCabc/+=", min_size=1, max_size=20)


def as_sent(request: AWSRequest, method: str, body: bytes) -> Request:
    parts = urlsplit(request.url)
    headers = {
        name.lower().encode(): value.encode() if isinstance(value, str) else value
        for name, value in request.headers.items()
    }
    headers[b"host"] = b"localhost:4000"
    return Request(method, parts.path.encode(), parts.query.encode(), headers, body)


def signed_by_botocore(
    method: str, path: str, query: str, headers: dict[str, str], body: bytes, token: str | None, *, presigned: bool
) -> Request:
    url = f"http://localhost:4000{path}" + (f"?{query}" if query else "")
    request = AWSRequest(method, url, headers=headers, data=body)
    credentials = Credentials("AKIDEXAMPLE", SECRET, token)
    signer = (SigV4QueryAuth if presigned else SigV4Auth)(credentials, "ssm", "eu-south-2")
    with patch("botocore.auth.get_current_datetime", return_value=NOW):
        signer.add_auth(request)
    return as_sent(request, method, body)


requests = st.builds(
    signed_by_botocore,
    st.sampled_from(["GET", "POST", "PUT"]),
    paths,
    queries,
    header_sets,
    st.binary(max_size=40),
    st.just(None),
    presigned=st.just(False),
)


@timeless
@given(st.sampled_from(["GET", "POST"]), paths, queries, header_sets, st.binary(max_size=40), tokens)
@example("POST", "/", "", {"X-Amz-Target": "AmazonSSM.GetParameter"}, b"{}", None)
def test_what_botocore_signs_is_accepted(
    method: str, path: str, query: str, headers: dict[str, str], body: bytes, token: str | None
) -> None:
    request = signed_by_botocore(method, path, query, headers, body, token, presigned=False)
    assert request.accepted(token)
    assert request.accepted(token), "and again, from what the first time kept"
    assert not request.accepted(token, seconds_later=301)


@timeless
@given(st.sampled_from(["GET", "POST"]), paths, queries, header_sets, tokens)
@example("GET", "/", "Action=GetCallerIdentity&Version=2011-06-15", {"x-k8s-aws-id": "cluster"}, "token")
def test_what_botocore_presigns_is_accepted_while_it_lasts(
    method: str, path: str, query: str, headers: dict[str, str], token: str | None
) -> None:
    request = signed_by_botocore(method, path, query, headers, b"", token, presigned=True)
    assert request.accepted(token)
    assert request.accepted(token, seconds_later=3600)
    assert not request.accepted(token, seconds_later=3601)
    assert not request._replace(body=b"unsigned").accepted(token)


def meaning(request: Request, signed: str, *, presigned: bool) -> bytes:
    """What a signature covers of a request; a header's bytes count as botocore sees them."""
    parameters = [pair for pair in query_parameters(request.query) if not (presigned and pair[0] == b"X-Amz-Signature")]
    return canonical_request(
        request.method,
        request.path,
        canonical_query(parameters),
        request.headers,
        SignedHeaders(signed.encode().split(b";")),
        request.body.hex(),
    )


@timeless
@given(requests, st.data())
def test_any_byte_changed_is_refused(request: Request, data: st.DataObject) -> None:
    assert request.accepted(None)
    signed = read_claim(*request[:4]).signed_headers
    before = meaning(request, signed, presigned=False)
    places = [name for name in ("path", "query", "body") if getattr(request, name)]
    place = data.draw(st.sampled_from([*places, *signed.split(";")]), "place")
    old: bytes = getattr(request, place) if place in places else request.headers[place.encode()]
    assume(old)
    at = data.draw(st.integers(0, len(old) - 1), "position")
    new = old[:at] + bytes([old[at] ^ data.draw(st.integers(1, 255), "flip")]) + old[at + 1 :]
    if place in places:
        changed = Request(**{**request._asdict(), place: new})
    else:
        changed = request._replace(headers={**request.headers, place.encode(): new})
    after = meaning(changed, signed, presigned=False)
    assert changed.accepted(None) == (after == before)


@timeless
@given(requests, st.data())
def test_any_byte_of_the_authorization_changed_is_refused(request: Request, data: st.DataObject) -> None:
    old = request.headers[b"authorization"]
    at = data.draw(st.integers(0, len(old) - 1), "position")
    new = old[:at] + bytes([old[at] ^ data.draw(st.integers(1, 255), "flip")]) + old[at + 1 :]
    # Commas and white space part the fields alike, and the names of signed headers may be in upper case.
    same = b" ".join(new.replace(b",", b" ").split()).lower() == b" ".join(old.replace(b",", b" ").split()).lower()
    changed = request._replace(headers={**request.headers, b"authorization": new})
    assert not changed.accepted(None) or same


@timeless
@given(requests, st.text("abcdefXYZ/+", min_size=1))
def test_another_secret_is_refused(request: Request, secret: str) -> None:
    claim = read_claim(*request[:4])
    verify(claim, SECRET, *request, service="ssm", now=NOW.timestamp())
    with pytest.raises(ServiceError):
        verify(claim, secret, *request, service="ssm", now=NOW.timestamp())


@timeless
@given(paths, queries, header_sets, st.binary(max_size=40), tokens)
def test_we_sign_as_botocore_does(
    path: str, query: str, headers: dict[str, str], body: bytes, token: str | None
) -> None:
    chosen = {"X-Amz-Target": "AmazonSSM.GetParameter", **{f"x-amz-{name}": value for name, value in headers.items()}}
    theirs = signed_by_botocore("POST", path, query, chosen, body, token, presigned=False)
    given_headers = {
        name: value
        for name, value in theirs.headers.items()
        if name not in (b"authorization", b"x-amz-date", b"x-amz-security-token")
    }
    key = Key("AKIDEXAMPLE", SECRET, token)
    path_sent, query_sent = theirs.path, theirs.query
    ours = sign(
        key, "POST", path_sent, query_sent, given_headers, body,
        region="eu-south-2", service="ssm", now=NOW.timestamp(),
    )  # fmt: skip
    assert ours == theirs.headers


@timeless
@given(paths, queries, tokens)
def test_we_presign_as_botocore_does(path: str, query: str, token: str | None) -> None:
    theirs = signed_by_botocore("GET", path, query, {}, b"", token, presigned=True)
    key = Key("AKIDEXAMPLE", SECRET, token)
    bare = theirs.query.partition(b"X-Amz-Algorithm")[0].rstrip(b"&")
    ours = presign(
        key, "GET", theirs.path, bare, b"localhost:4000",
        region="eu-south-2", service="ssm", now=NOW.timestamp(), expires=3600,
    )  # fmt: skip
    assert sorted(query_parameters(ours)) == sorted(query_parameters(theirs.query))
