"""Requests and answers of the STS operations, as AWS documents them."""

from parastore.sts.shapes.identity import *  # noqa: F403
from parastore.sts.shapes.sessions import *  # noqa: F403
from parastore.sts.shapes.terms import *  # noqa: F403
