"""A boto3 client found by AWS's standard chain, and what its errors mean for the person in front of it.

Order of the endpoint: `--endpoint-url`, AWS_ENDPOINT_URL_SSM, AWS_ENDPOINT_URL, the profile, AWS itself. All of that is
botocore's; nothing here looks at a variable.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from enum import Enum
from typing import Any, NamedTuple

PARALLEL = 8  # requests under way at once when a whole tree is read


class Place(NamedTuple):
    """Where to go: an AWS profile, a Region, an endpoint; None leaves it to the standard chain."""

    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None


class Kind(Enum):
    """Why a call failed, as far as a script wants to know."""

    NOT_FOUND = "not found"
    DENIED = "denied"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


class Failure(Exception):
    """A call failed. The text says what AWS said and what to do; it never holds a value."""

    def __init__(self, kind: Kind, text: str) -> None:
        super().__init__(text)
        self.kind = kind


_NOT_FOUND = {"ParameterNotFound", "ParameterVersionNotFound", "InvalidResourceId", "ResourceNotFoundException"}
_DENIED = {
    "AccessDeniedException": "ask for the permission, or use another profile",
    "UnrecognizedClientException": "the access key is unknown there: `parastore doctor` shows which key goes where",
    "InvalidSignatureException": "the secret or the clock is wrong: `parastore doctor` tells which",
    "SignatureDoesNotMatch": "the secret is not the one of this access key",
    "ExpiredTokenException": "get new session credentials",
    "MissingAuthenticationTokenException": "no credentials were sent",
}


def open_client(place: Place = Place(), service: str = "ssm", *, patient: bool = True) -> Any:  # noqa: B008 (a tuple of None)
    """A boto3 client, for which boto3 is loaded. One that is not `patient` gives up soon. Raises Failure."""
    from botocore.config import Config  # noqa: PLC0415

    with explained():
        session = open_session(place)
        config = Config(
            retries={"mode": "standard", "total_max_attempts": 3 if patient else 1},
            connect_timeout=10 if patient else 1,
            read_timeout=60 if patient else 2,
            max_pool_connections=PARALLEL,
            user_agent_extra="parastore",
        )
        return session.client(service, endpoint_url=place.endpoint_url, config=config)


def open_session(place: Place) -> Any:
    """A boto3 session. boto3 reads AWS_DEFAULT_REGION only; AWS_REGION, which all other SDKs read, counts after it."""
    import boto3  # noqa: PLC0415 (a quarter of a second that `--help` does not pay)

    session = boto3.Session(profile_name=place.profile, region_name=place.region)
    if session.region_name is None and (region := os.environ.get("AWS_REGION")):
        return boto3.Session(profile_name=place.profile, region_name=region)
    return session


@contextlib.contextmanager
def explained(subject: str = "") -> Iterator[None]:
    """Raise botocore's errors as Failure. `subject` is what AWS leaves out of ParameterNotFound: the name."""
    import botocore.exceptions as errors  # noqa: PLC0415

    try:
        yield
    except errors.ClientError as error:
        raise _of_service(error, subject) from None
    except errors.CredentialRetrievalError as error:  # in the words of who was to give them: `parastore login`
        raise Failure(Kind.DENIED, " ".join(str(error).split())) from None
    except (errors.NoCredentialsError, errors.PartialCredentialsError) as error:
        raise Failure(
            Kind.DENIED, f"{error}. Set AWS_PROFILE, or make a profile: `parastore configure` (docs/clients.md)"
        ) from None
    except errors.NoRegionError:
        raise Failure(Kind.REFUSED, "no Region: give --region, set AWS_REGION, or write one to the profile") from None
    except errors.ProfileNotFound as error:
        raise Failure(Kind.REFUSED, f"{error}. `parastore configure --profile NAME` makes one") from None
    except (errors.HTTPClientError, errors.ConnectionError) as error:
        raise Failure(Kind.UNREACHABLE, f"{error}. Is the server running there? `parastore doctor` looks") from None
    except errors.ParamValidationError as error:
        raise Failure(Kind.REFUSED, " ".join(str(error).split())) from None
    except errors.BotoCoreError as error:
        raise Failure(Kind.REFUSED, str(error)) from None


def _of_service(error: Any, subject: str) -> Failure:
    code = error.response["Error"].get("Code", "")
    said = error.response["Error"].get("Message") or ""
    if code in _NOT_FOUND:
        return Failure(Kind.NOT_FOUND, f"{subject}: {said or 'no such parameter'}" if subject else said or code)
    if code in _DENIED:
        return Failure(Kind.DENIED, f"{said or code} ({_DENIED[code]})")
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= 500:
        return Failure(Kind.UNREACHABLE, f"{code}: {said}. Try again; the server's log says why")
    if code == "ParameterAlreadyExists":
        return Failure(Kind.REFUSED, f"{subject or 'the parameter'} exists: --overwrite gives it a new version")
    return Failure(Kind.REFUSED, f"{code}: {said}" if said else code)
