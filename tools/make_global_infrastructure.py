"""Write src/parastore/ssm/public/global_infrastructure.json from botocore's data: what AWS publishes of its Regions.

    python tools/make_global_infrastructure.py

The file holds partitions with their Regions, and services with the Regions they are in and their endpoints there.
Run it when botocore's lock changes; the result is committed, so that the server needs no botocore to know.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore.session

TARGET = Path(__file__).parents[1] / "src" / "parastore" / "ssm" / "public" / "global_infrastructure.json"


def main() -> None:
    """Make the file."""
    loader = botocore.session.Session().get_component("data_loader")
    endpoints = loader.load_data("endpoints")
    names = _service_names(loader)
    regions: dict[str, Any] = {}
    services: dict[str, Any] = {}
    for partition in endpoints["partitions"]:
        for region, facts in partition["regions"].items():
            regions[region] = {
                "longName": facts["description"],
                "partition": partition["partition"],
                "domain": partition["dnsSuffix"],
            }
        for prefix, facts in partition["services"].items():
            service = services.setdefault(prefix, {"longName": names.get(prefix, prefix), "endpoints": {}})
            for region, endpoint in facts.get("endpoints", {}).items():
                if region in partition["regions"] and not endpoint.get("deprecated"):
                    host = endpoint.get("hostname") or facts.get("defaults", {}).get("hostname")
                    host = host or partition["defaults"]["hostname"]
                    host = host.format(service=prefix, region=region, dnsSuffix=partition["dnsSuffix"])
                    service["endpoints"][region] = host
    services = {name: facts for name, facts in services.items() if facts["endpoints"] and "." not in name}
    made = {"regions": regions, "services": services}
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(made, sort_keys=True, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(regions)} Regions, {len(services)} services, {TARGET.stat().st_size:,} bytes")  # noqa: T201


def _service_names(loader: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for service in loader.list_available_services("service-2"):
        metadata = loader.load_service_model(service, "service-2")["metadata"]
        found.setdefault(metadata["endpointPrefix"], metadata["serviceFullName"])
    return found


if __name__ == "__main__":
    main()
