"""Requests and answers of KMS's operations, as AWS documents them.

Requests list their members as the model does, which is the order broken limits are reported in; answers list them by
wire name. Operations that have no answer have no structure for it either: their body is empty.
"""

from parastore.kms.shapes.aliases import *  # noqa: F403
from parastore.kms.shapes.crypt import *  # noqa: F403
from parastore.kms.shapes.grants import *  # noqa: F403
from parastore.kms.shapes.imports import *  # noqa: F403
from parastore.kms.shapes.keys import *  # noqa: F403
from parastore.kms.shapes.mac import *  # noqa: F403
from parastore.kms.shapes.policies import *  # noqa: F403
from parastore.kms.shapes.rotation import *  # noqa: F403
from parastore.kms.shapes.tags import *  # noqa: F403
from parastore.kms.shapes.terms import *  # noqa: F403
