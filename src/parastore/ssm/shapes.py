"""Requests and answers of the Parameter Store operations, as AWS documents them.

Requests list their members as the model does, which is the order broken limits are reported in. Answers list them by
wire name. None means absent. Enums stand in the order AWS prints them where an answer is recorded (ParameterType).
Limits of answers are not written down: nothing checks what we send.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from parastore.context import SecretValue
from parastore.shapes import Long, Shape, Timestamp, items, number, secret, text

ParameterType = Literal["SecureString", "StringList", "String"]
ParameterTier = Literal["Standard", "Advanced", "Intelligent-Tiering"]
Name = Annotated[str, text(1, 2048)]
Names = Annotated[list[Name], items(1, 10)]
MaxResults = Annotated[int, number(1, 50)]
TagKey = Annotated[str, text(1, 128, r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$")]
TagValue = Annotated[str, text(0, 256, r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$")]
FilterValues = Annotated[list[Annotated[str, text(1, 1024)]], items(1, 50)]


class Tag(Shape, kw_only=True):
    """A key with a value, on the parameter as a whole."""

    key: TagKey
    value: TagValue


class ParameterInlinePolicy(Shape, kw_only=True):
    """One parameter policy: compact JSON, its Type, and in DescribeParameters how far it is."""

    policy_status: str | None = None
    policy_text: str | None = None
    policy_type: str | None = None


class ParameterStringFilter(Shape, kw_only=True):
    """One condition on parameters; several are joined by AND, the values of one by OR.

    `option` defaults by key. `values` may be absent for `tag:<key>`, which then asks that the tag exists.
    """

    key: Annotated[str, text(1, 132, "tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType")]
    option: Annotated[str, text(1, 10)] | None = None
    values: FilterValues | None = None


class ParametersFilter(Shape, kw_only=True):
    """The older form of a condition: Name by prefix, Type and KeyId by equality."""

    key: Literal["Name", "Type", "KeyId"]
    values: FilterValues


class PutParameterRequest(Shape, kw_only=True):
    """Create a parameter or, with `overwrite`, a new version of one.

    On overwriting, an absent description, pattern, type or policies keep the previous; `""` and `[]` clear. `key_id`
    is for SecureString only, by default `alias/aws/ssm`. `tags` are for creation only. `policies` is a JSON array.
    """

    name: Name
    description: Annotated[str, text(0, 1024)] | None = None
    value: Annotated[SecretValue, secret(1, 32768)]
    type: ParameterType | None = None
    key_id: Annotated[str, text(1, 256, "^([a-zA-Z0-9:/_-]+)$")] | None = None
    overwrite: bool | None = None
    allowed_pattern: Annotated[str, text(0, 1024)] | None = None
    tags: Annotated[list[Tag], items(maximum=1000)] | None = None
    tier: ParameterTier | None = None
    policies: Annotated[str, text(1, 4096)] | None = None
    data_type: Annotated[str, text(0, 128)] | None = None


class PutParameterResponse(Shape, kw_only=True):
    """The tier the parameter has, never Intelligent-Tiering, and the new version's number, from 1."""

    tier: ParameterTier
    version: Long


class Parameter(Shape, kw_only=True):
    """A parameter as the reading operations give it.

    `name` is spelled as asked for. `selector` is `:` and the version or label asked for. `value` of a SecureString is
    ciphertext in base64 unless decryption was asked for. `source_result` is there for Secrets Manager references only.
    """

    arn: str | None = msgspec.field(name="ARN", default=None)
    data_type: str | None = None
    last_modified_date: Timestamp | None = None
    name: str | None = None
    selector: str | None = None
    source_result: str | None = None
    type: ParameterType | None = None
    value: SecretValue | None = None
    version: Long | None = None


class GetParameterRequest(Shape, kw_only=True):
    """Read one. `name` is a name or an ARN, either with `:version` or `:label`."""

    name: Name
    with_decryption: bool | None = None


class GetParameterResponse(Shape, kw_only=True):
    """The one."""

    parameter: Parameter


class GetParametersRequest(Shape, kw_only=True):
    """Read up to ten by name, spelled as in GetParameter."""

    names: Names
    with_decryption: bool | None = None


class GetParametersResponse(Shape, kw_only=True):
    """Those there are, and what was asked for in vain; both sorted, both always sent."""

    invalid_parameters: list[str]
    parameters: list[Parameter]


class GetParametersByPathRequest(Shape, kw_only=True):
    """Read what lies below a path: one level, or with `recursive` all. A page holds 10 unless it is to hold less."""

    path: Name
    recursive: bool | None = None
    parameter_filters: list[ParameterStringFilter] | None = None
    with_decryption: bool | None = None
    max_results: Annotated[int, number(1, 10)] | None = None
    next_token: str | None = None


class GetParametersByPathResponse(Shape, kw_only=True):
    """One page; `next_token` is absent on the last."""

    next_token: str | None = None
    parameters: list[Parameter]


class GetParameterHistoryRequest(Shape, kw_only=True):
    """Read the kept versions of one parameter, by name or ARN without selector. A page holds 50 by default."""

    name: Name
    with_decryption: bool | None = None
    max_results: MaxResults | None = None
    next_token: str | None = None


class ParameterHistory(Shape, kw_only=True):
    """One version as it was. Labels and policies are always sent, empty or not."""

    allowed_pattern: str | None = None
    data_type: str | None = None
    description: str | None = None
    key_id: str | None = None
    labels: list[str]
    last_modified_date: Timestamp | None = None
    last_modified_user: str | None = None
    name: str | None = None
    policies: list[ParameterInlinePolicy]
    tier: ParameterTier | None = None
    type: ParameterType | None = None
    value: SecretValue | None = None
    version: Long | None = None


class GetParameterHistoryResponse(Shape, kw_only=True):
    """One page of versions, oldest first; `next_token` is absent on the last."""

    next_token: str | None = None
    parameters: list[ParameterHistory]


class DescribeParametersRequest(Shape, kw_only=True):
    """List parameters without their values. `filters` is the older form and excludes `parameter_filters`.

    `shared` asks for those that other accounts share with the caller.
    """

    filters: list[ParametersFilter] | None = None
    parameter_filters: list[ParameterStringFilter] | None = None
    max_results: MaxResults | None = None
    next_token: str | None = None
    shared: bool | None = None


class ParameterMetadata(Shape, kw_only=True):
    """The latest version of a parameter without its value. Policies are always sent, empty or not."""

    arn: str | None = msgspec.field(name="ARN", default=None)
    allowed_pattern: str | None = None
    data_type: str | None = None
    description: str | None = None
    key_id: str | None = None
    last_modified_date: Timestamp | None = None
    last_modified_user: str | None = None
    name: str | None = None
    policies: list[ParameterInlinePolicy]
    tier: ParameterTier | None = None
    type: ParameterType | None = None
    version: Long | None = None


class DescribeParametersResponse(Shape, kw_only=True):
    """One page; `next_token` is absent on the last."""

    next_token: str | None = None
    parameters: list[ParameterMetadata]


class DeleteParameterRequest(Shape, kw_only=True):
    """Remove a parameter with all its versions, labels, tags and policies."""

    name: Name


class DeleteParameterResponse(Shape, kw_only=True):
    """Nothing."""


class DeleteParametersRequest(Shape, kw_only=True):
    """Remove up to ten."""

    names: Names


class DeleteParametersResponse(Shape, kw_only=True):
    """Those removed and those there were not, spelled as asked for; both always sent."""

    deleted_parameters: list[str]
    invalid_parameters: list[str]


Labels = Annotated[list[Annotated[str, text(1, 100)]], items(1, 10)]


class LabelParameterVersionRequest(Shape, kw_only=True):
    """Attach up to ten labels to one version, by default the latest; a label on another version moves."""

    name: Name
    parameter_version: Long | None = None
    labels: Labels


class LabelParameterVersionResponse(Shape, kw_only=True):
    """Labels that cannot be any, and the version that has the others; both always sent."""

    invalid_labels: list[str]
    parameter_version: Long


class UnlabelParameterVersionRequest(Shape, kw_only=True):
    """Take up to ten labels off one version."""

    name: Name
    parameter_version: Long
    labels: Labels


class UnlabelParameterVersionResponse(Shape, kw_only=True):
    """Labels the version had and labels it had not; both always sent."""

    invalid_labels: list[str]
    removed_labels: list[str]


ResourceType = Literal[
    "Document", "ManagedInstance", "MaintenanceWindow", "Parameter", "PatchBaseline", "OpsItem", "OpsMetadata",
    "Automation", "Association", "CloudConnector",
]  # fmt: skip


class AddTagsToResourceRequest(Shape, kw_only=True):
    """Add tags or change their values. `resource_id` of a parameter is its name."""

    resource_type: ResourceType
    resource_id: str
    tags: Annotated[list[Tag], items(maximum=1000)]


class AddTagsToResourceResponse(Shape, kw_only=True):
    """Nothing."""


class RemoveTagsFromResourceRequest(Shape, kw_only=True):
    """Remove tags by key; keys that are not there are ignored."""

    resource_type: ResourceType
    resource_id: str
    tag_keys: list[TagKey]


class RemoveTagsFromResourceResponse(Shape, kw_only=True):
    """Nothing."""


class ListTagsForResourceRequest(Shape, kw_only=True):
    """All tags of one resource."""

    resource_type: ResourceType
    resource_id: str


class ListTagsForResourceResponse(Shape, kw_only=True):
    """The tags in the order they were added; always sent."""

    tag_list: list[Tag]


SettingId = Annotated[str, text(1, 1000)]


class ServiceSetting(Shape, kw_only=True):
    """A setting of the account as it is. `status` is Default or Customized."""

    arn: str | None = msgspec.field(name="ARN", default=None)
    last_modified_date: Timestamp | None = None
    last_modified_user: str | None = None
    setting_id: str | None = None
    setting_value: str | None = None
    status: str | None = None


class GetServiceSettingRequest(Shape, kw_only=True):
    """`setting_id` is `/ssm/parameter-store/...` or the ARN of it."""

    setting_id: SettingId


class GetServiceSettingResponse(Shape, kw_only=True):
    """The setting."""

    service_setting: ServiceSetting


class UpdateServiceSettingRequest(Shape, kw_only=True):
    """Change a setting for the account and Region."""

    setting_id: SettingId
    setting_value: Annotated[str, text(1, 4096)]


class UpdateServiceSettingResponse(Shape, kw_only=True):
    """Nothing."""


class ResetServiceSettingRequest(Shape, kw_only=True):
    """Give a setting its default again."""

    setting_id: SettingId


class ResetServiceSettingResponse(Shape, kw_only=True):
    """The setting with its default."""

    service_setting: ServiceSetting


ResourceArn = Annotated[str, text(20, 2048)]


class PutResourcePolicyRequest(Shape, kw_only=True):
    """Share a parameter: `policy` is a JSON document. With `policy_id` and `policy_hash` that policy is replaced."""

    resource_arn: ResourceArn
    policy: Annotated[str, text(pattern=r"^(?!\s*$).+")]
    policy_id: str | None = None
    policy_hash: str | None = None


class PutResourcePolicyResponse(Shape, kw_only=True):
    """The policy's id, and its hash, which guards the next change."""

    policy_hash: str
    policy_id: str


class GetResourcePoliciesRequest(Shape, kw_only=True):
    """List the policies of a parameter. A page holds 50 by default."""

    resource_arn: ResourceArn
    next_token: str | None = None
    max_results: MaxResults | None = None


class GetResourcePoliciesResponseEntry(Shape, kw_only=True):
    """One policy."""

    policy: str
    policy_hash: str
    policy_id: str


class GetResourcePoliciesResponse(Shape, kw_only=True):
    """One page; `next_token` is absent on the last."""

    next_token: str | None = None
    policies: list[GetResourcePoliciesResponseEntry]


class DeleteResourcePolicyRequest(Shape, kw_only=True):
    """Stop sharing by one policy."""

    resource_arn: ResourceArn
    policy_id: str
    policy_hash: str
    deletion_mode: Literal["RemoveSharing", "RollbackMigration"] | None = None


class DeleteResourcePolicyResponse(Shape, kw_only=True):
    """Nothing."""
