"""Ask AWS or Parastore with boto3, in threads: as many at once as the extension's MAX_CONNECTIONS allows."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from parastore.agent.cache import Relayed, Unreachable
from parastore.agent.rules import AgentSettings, Lookup, status_of, write_answer
from parastore.client.connect import Place, open_session


class Fetcher:
    """One client for each service, made when it is first needed."""

    def __init__(self, place: Place, settings: AgentSettings) -> None:
        self._session = open_session(place)
        self._place = place
        self._settings = settings
        self._clients: dict[str, Any] = {}
        self._making = threading.Lock()  # a boto3 session makes one client at a time
        self._pool = ThreadPoolExecutor(settings.connections, "fetch")

    async def __call__(self, lookup: Lookup) -> bytes:
        """The answer, as the extension writes it. Raises Relayed, Unreachable."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._ask, lookup)

    def identity(self) -> str:
        """Endpoint, Region and access key: whose answers these are. Raises botocore's errors."""
        client = self._client("ssm")
        credentials = self._session.get_credentials()
        key = credentials.access_key if credentials else ""
        return f"{client.meta.endpoint_url} {client.meta.region_name} {key}"

    def close(self) -> None:
        """Wait for nobody."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _client(self, service: str) -> Any:
        with self._making:
            if service not in self._clients:
                self._clients[service] = self._new_client(service)
            return self._clients[service]

    def _new_client(self, service: str) -> Any:
        from botocore.config import Config  # noqa: PLC0415

        timeout = self._settings.timeout[service] or None
        config = Config(
            retries={"mode": "standard", "total_max_attempts": 2},
            connect_timeout=timeout or 5,
            read_timeout=timeout or 60,
            max_pool_connections=self._settings.connections,
            user_agent_extra="parastore-agent",
        )
        url = self._place.endpoint_url if service == "ssm" else None
        return self._session.client(service, endpoint_url=url, config=config)

    def _ask(self, lookup: Lookup) -> bytes:
        import botocore.exceptions as errors  # noqa: PLC0415

        try:
            answer = getattr(self._client(lookup.service), lookup.call)(**dict(lookup.members))
        except errors.ClientError as error:
            code = error.response["Error"].get("Code", "")
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
            text = f"{code}: {error.response['Error'].get('Message') or ''}".rstrip(": ")
            if status >= 500 or "Throttl" in code:
                raise Unreachable(text) from None
            raise Relayed(status_of(code), text) from None
        except errors.ParamValidationError as error:
            raise Relayed(400, " ".join(str(error).split())) from None
        except errors.BotoCoreError as error:
            raise Unreachable(str(error)) from None
        return write_answer(lookup.service, answer)
