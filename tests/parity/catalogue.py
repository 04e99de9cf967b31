"""All facts, by the parts of the parity page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.parity import around, belongings, listings, names, putting, reads, terms, values
from tests.parity.facts import Fact

SECTIONS: Mapping[str, Sequence[Fact]] = {
    "The protocol": around.PROTOCOL,
    "Who may ask": around.ACCESS,
    "Names and ARNs": names.NAMES,
    "Selectors": names.SELECTORS,
    "Types and values": values.VALUES,
    "Tiers": values.TIERS,
    "Data types": values.DATA_TYPES,
    "Versions": values.VERSIONS,
    "PutParameter": putting.PUT,
    "GetParameter and GetParameters": reads.GET,
    "GetParametersByPath": reads.BY_PATH,
    "GetParameterHistory": reads.HISTORY,
    "DescribeParameters": listings.DESCRIBE,
    "DeleteParameter and DeleteParameters": reads.DELETION,
    "Encryption": around.KEYS,
    "Labels": belongings.LABELS,
    "Tags": belongings.TAGS,
    "Service settings and quotas": belongings.SETTINGS,
    "Parameter policies": terms.POLICIES,
    "Resource policies and sharing": terms.SHARING,
    "Pages": reads.PAGES,
    "Public parameters": reads.PUBLIC,
    "Secrets Manager references": reads.SECRETS,
    "Events and the trail": terms.EVENTS,
    "What is said of AWS and does not hold": around.NEVER,
}
