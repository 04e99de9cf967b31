"""Whether a value that is kept as plain text looks like a secret. What is found is its kind, never the value.

`suspicious` is quick and rules most values out; `kinds` asks detect-secrets and is worth milliseconds.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from typing import Any

_SHORTEST = 8
_HINT = re.compile(r"passw(or)?d|passwd|pwd|secret|token|api[-_]?key|private[-_]?key|credential", re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9+/=_-]{20}")
# A word that says where a secret is, or how long it lives, is none.
_PLACEHOLDER = re.compile(r"(true|false|none|null|enabled|disabled|changeme|[0-9.]+|arn:.*|https?://[^:@]*)\Z", re.I)
_LINES = 200  # of a value are looked at


def suspicious(name: str, value: str) -> bool:
    """Whether `kinds` is worth asking."""
    if len(value) < _SHORTEST:
        return False
    return (
        "-----BEGIN" in value
        or ("://" in value and "@" in value)
        or _RUN.search(value) is not None
        or _HINT.search(name.rpartition("/")[2]) is not None
    )


def kinds(name: str, value: str) -> list[str]:
    """The kinds of secret that a value looks like, sorted; none for most. Loads detect-secrets at the first call."""
    if not suspicious(name, value):
        return []
    found = set()
    for line in value.splitlines()[:_LINES]:
        for plugin in _plugins():
            if any(True for _ in plugin.analyze_string(line)):
                found.add(str(plugin.secret_type))
    for word in re.findall(r"[A-Za-z0-9+/=_-]{20,}", value):
        if _random(word):
            found.add("High Entropy String")
            break
    hinted = _HINT.search(name.rpartition("/")[2]) is not None
    if hinted and not _PLACEHOLDER.match(value) and " " not in value:
        found.add("Secret By Name")
    return sorted(found)


def _random(word: str) -> bool:
    """Whether letters and digits are as mixed as a random key's, and it is neither a UUID nor a list of words."""
    if not (re.search(r"[0-9]", word) and re.search(r"[a-z]", word) and re.search(r"[A-Z]", word)):
        return False
    counts = Counter(word)
    return -sum(n / len(word) * math.log2(n / len(word)) for n in counts.values()) > 4.0


@functools.cache
def _plugins() -> list[Any]:
    from detect_secrets.plugins import (  # noqa: PLC0415
        aws,
        basic_auth,
        github_token,
        gitlab_token,
        jwt,
        npm,
        private_key,
        pypi_token,
        sendgrid,
        slack,
        stripe,
        twilio,
    )

    return [
        aws.AWSKeyDetector(),
        basic_auth.BasicAuthDetector(),
        github_token.GitHubTokenDetector(),
        gitlab_token.GitLabTokenDetector(),
        jwt.JwtTokenDetector(),
        npm.NpmDetector(),
        private_key.PrivateKeyDetector(),
        pypi_token.PypiTokenDetector(),
        sendgrid.SendGridDetector(),
        slack.SlackDetector(),
        stripe.StripeDetector(),
        twilio.TwilioKeyDetector(),
    ]


def load() -> None:
    """Load the detector now, which takes a quarter of a second, instead of at the first look."""
    _plugins()
