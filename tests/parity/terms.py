"""Parameter policies, shares, and who is told of changes."""

from __future__ import annotations

import json
from typing import Any

from tests.parity.facts import (
    ANY,
    PARAMETER,
    Call,
    Fact,
    describes,
    does,
    fact,
    held,
    invalid,
    metadata,
    put,
    refuses,
    violates,
)


def _policy(kind: str, edition: str = "1.0", **attributes: Any) -> dict[str, Any]:
    return {"Type": kind, "Version": edition, "Attributes": attributes}


_EXPIRES = _policy("Expiration", Timestamp="2030-12-02T21:34:33.000Z")
_LATER = _policy("Expiration", Timestamp="2031-12-02T21:34:33.000Z")
_NOTICE = _policy("ExpirationNotification", Before="5", Unit="Days")
_QUIET = _policy("NoChangeNotification", After="20", Unit="Hours")


def _with(*policies: dict[str, Any], name: str = "/a") -> Call:
    return put(name, Tier="Advanced", Policies=json.dumps(policies))


def _refused(code: str, text: Any, *policies: dict[str, Any]) -> Call:
    return refuses("PutParameter", code, text, Name="/a", Value="v", Type="String", Tier="Advanced",
                   Policies=json.dumps(policies))  # fmt: skip


def _kept(*policies: dict[str, Any], number: int = 1) -> Call:
    told = [{"PolicyStatus": "Pending", "PolicyText": json.dumps(each, separators=(",", ":")),
             "PolicyType": each["Type"]} for each in policies]  # fmt: skip
    return describes(metadata("/a", Version=number, Tier="Advanced", Policies=told))


_ATTRIBUTE = "InvalidPolicyAttributeException"

POLICIES = (
    fact("D", "Policies are kept as compact JSON of type, version and attributes.",
         _with(_EXPIRES, _NOTICE, _QUIET), _kept(_EXPIRES, _NOTICE, _QUIET)),
    fact("?", "The members of a policy come back in one order, numbers as text.",
         put("/a", Tier="Advanced", Policies=json.dumps([
             {"Attributes": {"Unit": "Hours", "After": 20}, "Version": "1.0", "Type": "NoChangeNotification"}])),
         _kept(_QUIET)),
    fact("D", "A timestamp may have an offset, with seconds too.",
         _with(_policy("Expiration", Timestamp="2030-11-01T22:13:48.87+10:30:00")),
         _with(_policy("Expiration", Timestamp="2030-11-01T22:13:48+10:30"), name="/b")),
    fact("R", "Policies that are given replace those before; left out they stay; [] and [{}] clear.",
         _with(_EXPIRES, _QUIET),
         put("/a", "w", None, Overwrite=True), _kept(_EXPIRES, _QUIET, number=2),
         put("/a", "w", None, Overwrite=True, Policies=json.dumps([_QUIET])), _kept(_QUIET, number=3),
         put("/a", "w", None, Overwrite=True, Policies="[{}]"), _kept(number=4),
         put("/a", "w", None, Overwrite=True, Policies=json.dumps([_QUIET])),
         put("/a", "w", None, Overwrite=True, Policies="[]"), _kept(number=6)),
    fact("R", "What is no JSON array is no policies.",
         *(invalid("PutParameter", f"Invalid policies input: {text}.", Name="/a", Value="v", Type="String",
                   Tier="Advanced", Policies=text) for text in ("not json", '{"Type":"Expiration"}', '"x"'))),
    fact("Q", "Ten policies are the most.",
         _refused("PoliciesLimitExceededException", "Number of policies attached to a parameter cannot exceed 10",
                  *[_QUIET] * 11)),
    fact("R", "Types there are not.",
         _refused("InvalidPolicyTypeException", "Policy type Fun is not supported.", _policy("Fun"))),
    fact("R", "Times to wait are whole, positive and not too long.",
         *(_refused(_ATTRIBUTE, "Attribute After must be a positive integer.",
                    _policy("NoChangeNotification", After=after, Unit="Days")) for after in ("0", "-1")),
         *(_refused(_ATTRIBUTE, "Attribute After must be a positive integer smaller than 8760000 .",
                    _policy("NoChangeNotification", After=after, Unit="Days")) for after in ("1.5", "99999999")),
         _refused(_ATTRIBUTE, "Attribute Before must be a positive integer.",
                  _EXPIRES, _policy("ExpirationNotification", Before="0", Unit="Days"))),
    fact("Q", "Attributes that are missing.",
         _refused(_ATTRIBUTE, "Mandatory policy attribute Unit is missing.",
                  _policy("NoChangeNotification", After="1")),
         _refused(_ATTRIBUTE, "Mandatory policy attribute After is missing.",
                  _policy("NoChangeNotification", Unit="Days")),
         _refused(_ATTRIBUTE, "A valid Expiration policy must have an attribute of Timestamp.", _policy("Expiration"))),
    fact("Q", "Versions, times and units there are not.",
         _refused(_ATTRIBUTE, "Unsupported policy version.", _policy("Expiration", "2.0", Timestamp="2030-12-02")),
         _refused(_ATTRIBUTE, "Invalid timestamp format", _policy("Expiration", Timestamp="tomorrow")),
         _refused(_ATTRIBUTE, "Supported time units: DAYS HOURS",
                  _policy("NoChangeNotification", After="1", Unit="Weeks"))),
    fact("Q", "Units are taken in any case.", _with(_policy("NoChangeNotification", After="1", Unit="dAYS"))),
    fact("Q", "There is one expiration, and a notice of it needs it; the codes are ours.",
         _refused("IncompatiblePolicyException", "There can be only one expiration policy", _EXPIRES, _LATER),
         _refused("IncompatiblePolicyException", "Expiration notification policies are missing expiration policy",
                  _NOTICE)),
    fact("R", "The same expiration twice is taken.", _with(_EXPIRES, _EXPIRES), _kept(_EXPIRES, _EXPIRES)),
    held("D", "What has expired is deleted, and events tell of it, once.",
         "sdk/boto3/test_tiers.py::test_policies_are_carried_out_once"),
    held("D", "A new value restarts the wait for changes, and no other.",
         "sdk/boto3/test_tiers.py::test_a_change_restarts_the_wait_for_changes_only"),
)  # fmt: skip

_SHARE = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["ssm:GetParameter", "ssm:GetParameters"],
    "Resource": f"{PARAMETER}/a",
}]}  # fmt: skip
_SHARED: dict[str, Any] = {"ResourceArn": f"{PARAMETER}/a", "Policy": json.dumps(_SHARE)}
_PUT = "PutResourcePolicy"

SHARING: tuple[Fact, ...] = (
    fact("M", "A policy gets an id and a hash, and is listed with both.",
         put("/a", Tier="Advanced"), does(_PUT, {"PolicyHash": ANY, "PolicyId": ANY}, **_SHARED),
         does("GetResourcePolicies", {"Policies": [{"Policy": ANY, "PolicyHash": ANY, "PolicyId": ANY}]},
              ResourceArn=f"{PARAMETER}/a")),
    fact("M", "What is not there is ResourceNotFoundException.",
         refuses(_PUT, "ResourceNotFoundException", ANY, **_SHARED),
         refuses("GetResourcePolicies", "ResourceNotFoundException", ANY, ResourceArn=f"{PARAMETER}/a"),
         refuses("DeleteResourcePolicy", "ResourceNotFoundException", ANY, ResourceArn=f"{PARAMETER}/a",
                 PolicyId="p", PolicyHash="h")),
    fact("M", "Id and hash go together, and name a policy there is.",
         put("/a", Tier="Advanced"), does(_PUT, ANY, **_SHARED),
         refuses(_PUT, "ResourcePolicyInvalidParameterException", ANY, **_SHARED, PolicyId="p"),
         refuses(_PUT, "ResourcePolicyInvalidParameterException", ANY, **_SHARED, PolicyHash="h"),
         refuses(_PUT, "ResourcePolicyNotFoundException", ANY, **_SHARED, PolicyId="p", PolicyHash="h"),
         refuses("DeleteResourcePolicy", "ResourcePolicyNotFoundException", ANY, ResourceArn=f"{PARAMETER}/a",
                 PolicyId="p", PolicyHash="h")),
    fact("M", "A policy that is no document, or of another kind, is malformed.",
         put("/a", Tier="Advanced"),
         *(refuses(_PUT, "MalformedResourcePolicyDocumentException", ANY, ResourceArn=f"{PARAMETER}/a", Policy=text)
           for text in ("text", "{}", json.dumps({"Version": "2012-10-17", "Statement": []})))),
    fact("M", "Policies come page by page.",
         put("/a", Tier="Advanced"),
         does("GetResourcePolicies", {"Policies": []}, ResourceArn=f"{PARAMETER}/a", MaxResults=1),
         does(_PUT, ANY, **_SHARED),
         does("GetResourcePolicies", {"Policies": [ANY]}, ResourceArn=f"{PARAMETER}/a", MaxResults=1),
         refuses("GetResourcePolicies", "InvalidNextToken", ANY, ResourceArn=f"{PARAMETER}/a", NextToken="none")),
    fact("D", "Who nobody shares with lists nothing shared.", put("/a"), describes(Shared=True)),
    held("M", "A policy is updated and deleted under its hash; another hash is a conflict, another id not found.",
         "sdk/boto3/test_sharing.py::test_policies_are_updated_under_their_hash_and_deleted"),
    held("D", "Advanced parameters alone are shared.", "sdk/boto3/test_sharing.py::test_what_cannot_be_shared"),
    held("M", "Policies that are too large or not of this kind are refused.",
         "sdk/boto3/test_sharing.py::test_policies_that_are_refused"),
    held("D", "What is shared is read by its ARN, by the actions that are shared.",
         "sdk/boto3/test_sharing.py::test_only_the_actions_that_are_shared"),
    held("D", "Nothing but reading is possible across accounts, and no path is read.",
         "sdk/boto3/test_sharing.py::test_nothing_else_is_possible"),
    held("D", "Shared=true lists what others share.", "sdk/boto3/test_sharing.py::test_listed_with_shared"),
    held("D", "A SecureString is shared with its key.",
         "sdk/boto3/test_sharing.py::test_a_shared_secret_needs_a_key_that_is_shared"),
    fact("M", "A policy of more than 1024 bytes is told with the limit.",
         put("/a", Tier="Advanced"),
         refuses(_PUT, "ResourcePolicyLimitExceededException", ANY, ResourceArn=f"{PARAMETER}/a",
                 Policy=json.dumps(_SHARE | {"Id": "i" * 1024}))),
    fact("M", "The ARN of a resource has 20 characters at least.",
         violates("GetResourcePolicies", "resourceArn", "'short'",
                  "Member must have length greater than or equal to 20", ResourceArn="short")),
)  # fmt: skip

EVENTS: tuple[Fact, ...] = (
    held("R", "Changes are told as Parameter Store Change; tags are not; labels with the versions they move between.",
         "parity/test_told.py::test_the_events_of_changes"),
    held("R", "Policies that are carried out are told as Parameter Store Policy Action, with their text.",
         "parity/test_told.py::test_the_events_of_policies"),
    held("R", "A rule of EventBridge sees changes.",
         "events/test_delivery.py::test_a_rule_of_event_bridge_sees_changes"),
    held("R", "CloudTrail's records hide values of every type, show the answers of changes, and name the parameter.",
         "parity/test_told.py::test_the_records_of_calls"),
    held("R", "Refusals by limits are recorded with code and text; a ParameterNotFound has no code.",
         "parity/test_told.py::test_the_records_of_refusals"),
    held("D", "KMS's part of a SecureString is a record of its own, in the name of ssm.amazonaws.com.",
         "audit/test_server.py::test_a_record_is_cloudtrails"),
)  # fmt: skip
