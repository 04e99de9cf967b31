"""`Parameter Store Change` events: what AWS tells EventBridge of a parameter."""

from __future__ import annotations

from parastore.events.outbox import Happening, emit
from parastore.ssm.rules.names import parameter_arn
from parastore.ssm.rules.versions import Version


async def tell(call: Happening, operation: str, version: Version, **more: str) -> None:
    """Store the event that `operation` (Create, Update, Delete, LabelParameterVersion) made `version`."""
    detail = {"operation": operation, "name": version.name, "type": version.type}
    if version.description:
        detail["description"] = version.description
    await emit(call, "Parameter Store Change", parameter_arn(call.account, call.region, version.path), detail | more)
