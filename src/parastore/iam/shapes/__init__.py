"""Requests and answers of the IAM operations, as AWS documents them.

Requests list their members as the model does, which is the order broken limits are reported in. None means absent."""

from parastore.iam.shapes.account import *  # noqa: F403
from parastore.iam.shapes.attached import *  # noqa: F403
from parastore.iam.shapes.groups import *  # noqa: F403
from parastore.iam.shapes.inline import *  # noqa: F403
from parastore.iam.shapes.keys import *  # noqa: F403
from parastore.iam.shapes.policies import *  # noqa: F403
from parastore.iam.shapes.roles import *  # noqa: F403
from parastore.iam.shapes.simulate import *  # noqa: F403
from parastore.iam.shapes.terms import *  # noqa: F403
from parastore.iam.shapes.users import *  # noqa: F403
