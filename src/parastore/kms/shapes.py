"""Requests and answers of KMS's operations, as AWS documents them.

Requests list their members as the model does, which is the order broken limits are reported in; answers list them by
wire name. Operations that have no answer have no structure for it either: their body is empty.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from parastore.shapes import Integer, Shape, Timestamp, blob, items, number, text

KeyId = Annotated[str, text(1, 2048)]
GrantToken = Annotated[str, text(1, 8192)]
GrantTokens = Annotated[list[GrantToken], items(0, 10)]
Limit = Annotated[int, number(1, 1000)]
Marker = Annotated[str, text(1, 1024, r"[\u0020-\u00FF]*")]
Name = Annotated[str, text(1, 256, r"^[a-zA-Z0-9:/_-]+$")]
Policy = Annotated[str, text(1, 131072, r"[\u0009\u000A\u000D\u0020-\u00FF]+")]
PolicyName = Annotated[str, text(1, 128, r"[\w]+")]
Principal = Annotated[str, text(1, 256, r"^[\w+=,.@:/-]+$")]
ServicePrincipal = Annotated[str, text(1, 128, r"^([A-Za-z0-9\-]+)\.([A-Za-z0-9\-]+)(\.[A-Za-z0-9\-]+)+$")]
MaterialId = Annotated[str, text(64, 64, r"^[a-f0-9]+$")]
ShortText = Annotated[str, text(1, 128)]
Ciphertext = Annotated[bytes, blob(1, 6144)]
Plaintext = Annotated[bytes, blob(1, 4096, sensitive=True)]
PlainAnswer = Annotated[bytes, blob(sensitive=True)]
NumberOfBytes = Annotated[int, number(1, 1024)]
EncryptionAlgorithm = Literal["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"]
MacAlgorithm = Literal["HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512"]
DataKeySpec = Literal["AES_256", "AES_128"]
KeyUsage = Literal["SIGN_VERIFY", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE"]
CustomerMasterKeySpec = Literal[
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "SYMMETRIC_DEFAULT",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "SM2",
]
KeySpec = Literal[
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "SYMMETRIC_DEFAULT",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "SM2",
    "ML_DSA_44",
    "ML_DSA_65",
    "ML_DSA_87",
    "ECC_NIST_EDWARDS25519",
    "ML_KEM_512",
    "ML_KEM_768",
    "ML_KEM_1024",
]
KeyState = Literal[
    "Creating",
    "Enabled",
    "Disabled",
    "PendingDeletion",
    "PendingImport",
    "PendingReplicaDeletion",
    "Unavailable",
    "Updating",
]
Origin = Literal["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"]
ExpirationModel = Literal["KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"]
GrantOperation = Literal[
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "Sign",
    "Verify",
    "GetPublicKey",
    "CreateGrant",
    "RetireGrant",
    "DescribeKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateMac",
    "VerifyMac",
    "DeriveSharedSecret",
    "Encapsulate",
    "Decapsulate",
]
SigningAlgorithm = Literal[
    "RSASSA_PSS_SHA_256",
    "RSASSA_PSS_SHA_384",
    "RSASSA_PSS_SHA_512",
    "RSASSA_PKCS1_V1_5_SHA_256",
    "RSASSA_PKCS1_V1_5_SHA_384",
    "RSASSA_PKCS1_V1_5_SHA_512",
    "ECDSA_SHA_256",
    "ECDSA_SHA_384",
    "ECDSA_SHA_512",
    "SM2DSA",
    "ML_DSA_SHAKE_256",
    "ED25519_SHA_512",
    "ED25519_PH_SHA_512",
]


class EncryptRequest(Shape, kw_only=True):
    """`plaintext` is at most 4096 bytes; `encryption_context` must be given again to decrypt."""

    key_id: KeyId
    plaintext: Plaintext
    encryption_context: dict[str, str] | None = None
    grant_tokens: GrantTokens | None = None
    encryption_algorithm: EncryptionAlgorithm | None = None
    dry_run: bool | None = None


class EncryptResponse(Shape, kw_only=True):
    """`key_id` is the ARN of the key that was used, as in all answers of cryptographic operations."""

    ciphertext_blob: bytes
    encryption_algorithm: EncryptionAlgorithm
    key_id: str


class RecipientInfo(Shape, kw_only=True):
    """What a Nitro Enclave sends; there are none here."""

    key_encryption_algorithm: Literal["RSAES_OAEP_SHA_256"] | None = None
    attestation_document: Annotated[bytes, blob(1, 262144)] | None = None


class DecryptRequest(Shape, kw_only=True):
    """A symmetric blob names its key; `key_id`, when given, must be that key. `recipient` is for Nitro Enclaves."""

    ciphertext_blob: Ciphertext | None = None
    encryption_context: dict[str, str] | None = None
    grant_tokens: GrantTokens | None = None
    key_id: KeyId | None = None
    encryption_algorithm: EncryptionAlgorithm | None = None
    recipient: RecipientInfo | None = None
    dry_run: bool | None = None
    dry_run_modifiers: list[Literal["IGNORE_CIPHERTEXT"]] | None = None


class DecryptResponse(Shape, kw_only=True):
    """`key_material_id` tells which material of the key opened the blob."""

    ciphertext_for_recipient: bytes | None = None
    encryption_algorithm: EncryptionAlgorithm
    key_id: str
    key_material_id: str | None = None
    plaintext: PlainAnswer


class ReEncryptRequest(Shape, kw_only=True):
    """Decrypts under one key and context and encrypts under another, without showing the plaintext."""

    ciphertext_blob: Ciphertext | None = None
    source_encryption_context: dict[str, str] | None = None
    source_key_id: KeyId | None = None
    destination_key_id: KeyId
    destination_encryption_context: dict[str, str] | None = None
    source_encryption_algorithm: EncryptionAlgorithm | None = None
    destination_encryption_algorithm: EncryptionAlgorithm | None = None
    grant_tokens: GrantTokens | None = None
    dry_run: bool | None = None
    dry_run_modifiers: list[Literal["IGNORE_CIPHERTEXT"]] | None = None


class ReEncryptResponse(Shape, kw_only=True):
    """`key_id` is the ARN of the destination, `source_key_id` that of the source."""

    ciphertext_blob: bytes
    destination_encryption_algorithm: EncryptionAlgorithm
    destination_key_material_id: str
    key_id: str
    source_encryption_algorithm: EncryptionAlgorithm
    source_key_id: str
    source_key_material_id: str


class GenerateDataKeyRequest(Shape, kw_only=True):
    """Either `key_spec` or `number_of_bytes` (1 to 1024) says how long the data key is."""

    key_id: KeyId
    encryption_context: dict[str, str] | None = None
    number_of_bytes: NumberOfBytes | None = None
    key_spec: DataKeySpec | None = None
    grant_tokens: GrantTokens | None = None
    recipient: RecipientInfo | None = None
    dry_run: bool | None = None


class GenerateDataKeyResponse(Shape, kw_only=True):
    """The data key twice: encrypted under the key, and plain."""

    ciphertext_blob: bytes
    ciphertext_for_recipient: bytes | None = None
    key_id: str
    key_material_id: str | None = None
    plaintext: PlainAnswer


class GenerateDataKeyWithoutPlaintextRequest(Shape, kw_only=True):
    """As GenerateDataKey."""

    key_id: KeyId
    encryption_context: dict[str, str] | None = None
    key_spec: DataKeySpec | None = None
    number_of_bytes: NumberOfBytes | None = None
    grant_tokens: GrantTokens | None = None
    dry_run: bool | None = None


class GenerateDataKeyWithoutPlaintextResponse(Shape, kw_only=True):
    """The data key, encrypted under the key."""

    ciphertext_blob: bytes
    key_id: str
    key_material_id: str


class GenerateRandomRequest(Shape, kw_only=True):
    """`number_of_bytes` must be given, though the model says otherwise."""

    number_of_bytes: NumberOfBytes | None = None
    custom_key_store_id: Annotated[str, text(1, 64)] | None = None
    recipient: RecipientInfo | None = None


class GenerateRandomResponse(Shape, kw_only=True):
    """Random bytes."""

    ciphertext_for_recipient: bytes | None = None
    plaintext: PlainAnswer


class GenerateMacRequest(Shape, kw_only=True):
    """`message` is at most 4096 bytes; the algorithm is the one of the key's spec."""

    message: Plaintext
    key_id: KeyId
    mac_algorithm: MacAlgorithm
    grant_tokens: GrantTokens | None = None
    dry_run: bool | None = None


class GenerateMacResponse(Shape, kw_only=True):
    """The MAC."""

    key_id: str
    mac: bytes
    mac_algorithm: MacAlgorithm


class VerifyMacRequest(Shape, kw_only=True):
    """`mac` is compared in constant time."""

    message: Plaintext
    key_id: KeyId
    mac_algorithm: MacAlgorithm
    mac: Ciphertext
    grant_tokens: GrantTokens | None = None
    dry_run: bool | None = None


class VerifyMacResponse(Shape, kw_only=True):
    """Only ever true: a MAC that does not fit is an error."""

    key_id: str
    mac_algorithm: MacAlgorithm
    mac_valid: bool


class Tag(Shape, kw_only=True):
    """Here a tag has TagKey and TagValue."""

    tag_key: ShortText
    tag_value: Annotated[str, text(0, 256)]


class CreateKeyRequest(Shape, kw_only=True):
    """`key_spec` and `customer_master_key_spec` are the same; a policy is at most 32 KiB."""

    policy: Policy | None = None
    description: Annotated[str, text(0, 8192)] | None = None
    key_usage: KeyUsage | None = None
    customer_master_key_spec: CustomerMasterKeySpec | None = None
    key_spec: KeySpec | None = None
    origin: Origin | None = None
    custom_key_store_id: Annotated[str, text(1, 64)] | None = None
    bypass_policy_lockout_safety_check: bool | None = None
    tags: list[Tag] | None = None
    multi_region: bool | None = None
    xks_key_id: Annotated[str, text(1, 128, r"^[a-zA-Z0-9-_.]+$")] | None = None


class MultiRegionKey(Shape, kw_only=True):
    """One Region of a multi-Region key."""

    arn: str | None = None
    region: str | None = None


class MultiRegionConfiguration(Shape, kw_only=True):
    """Of multi-Region keys, which are not supported."""

    multi_region_key_type: Literal["PRIMARY", "REPLICA"] | None = None
    primary_key: MultiRegionKey | None = None
    replica_keys: list[MultiRegionKey] | None = None


class XksKeyConfigurationType(Shape, kw_only=True):
    """Of external key stores, which are not supported."""

    id: str | None = None


class KeyMetadata(Shape, kw_only=True):
    """A key as DescribeKey shows it; `key_id` is the bare id."""

    aws_account_id: str = msgspec.field(name="AWSAccountId")
    arn: str
    cloud_hsm_cluster_id: str | None = None
    creation_date: Timestamp
    current_key_material_id: str | None = None
    custom_key_store_id: str | None = None
    customer_master_key_spec: CustomerMasterKeySpec
    deletion_date: Timestamp | None = None
    description: str
    enabled: bool
    encapsulation_algorithms: list[Literal["ML_KEM"]] | None = None
    encryption_algorithms: list[EncryptionAlgorithm] | None = None
    expiration_model: ExpirationModel | None = None
    key_agreement_algorithms: list[Literal["ECDH"]] | None = None
    key_id: str
    key_manager: Literal["AWS", "CUSTOMER"]
    key_spec: KeySpec
    key_state: KeyState
    key_usage: KeyUsage
    mac_algorithms: list[MacAlgorithm] | None = None
    multi_region: bool
    multi_region_configuration: MultiRegionConfiguration | None = None
    origin: Origin
    pending_deletion_window_in_days: Integer | None = None
    signing_algorithms: list[SigningAlgorithm] | None = None
    valid_to: Timestamp | None = None
    xks_key_configuration: XksKeyConfigurationType | None = None


class CreateKeyResponse(Shape, kw_only=True):
    """The new key."""

    key_metadata: KeyMetadata


class DescribeKeyRequest(Shape, kw_only=True):
    """`key_id` may be an alias."""

    key_id: KeyId
    grant_tokens: GrantTokens | None = None


class DescribeKeyResponse(Shape, kw_only=True):
    """The key."""

    key_metadata: KeyMetadata


class ListKeysRequest(Shape, kw_only=True):
    """`limit` is 100 by default."""

    limit: Limit | None = None
    marker: Marker | None = None
    resource_owners: Annotated[list[Literal["SELF", "OTHER_ACCOUNTS_VIA_RAM"]], items(1, 2)] | None = None


class KeyListEntry(Shape, kw_only=True):
    """One key."""

    key_arn: str
    key_id: str


class ListKeysResponse(Shape, kw_only=True):
    """`next_marker` only when `truncated`."""

    keys: list[KeyListEntry]
    next_marker: str | None = None
    truncated: bool


class UpdateKeyDescriptionRequest(Shape, kw_only=True):
    """Replaces the description."""

    key_id: KeyId
    description: Annotated[str, text(0, 8192)]


class EnableKeyRequest(Shape, kw_only=True):
    """Back from Disabled."""

    key_id: KeyId


class DisableKeyRequest(Shape, kw_only=True):
    """Until it is enabled again."""

    key_id: KeyId


class ScheduleKeyDeletionRequest(Shape, kw_only=True):
    """7 to 30 days, by default 30."""

    key_id: KeyId
    pending_window_in_days: Annotated[int, number(1, 365)] | None = None


class ScheduleKeyDeletionResponse(Shape, kw_only=True):
    """`key_id` is the ARN."""

    deletion_date: Timestamp
    key_id: str
    key_state: KeyState
    pending_window_in_days: Integer


class CancelKeyDeletionRequest(Shape, kw_only=True):
    """The key is Disabled after it."""

    key_id: KeyId


class CancelKeyDeletionResponse(Shape, kw_only=True):
    """`key_id` is the ARN."""

    key_id: str


class CreateAliasRequest(Shape, kw_only=True):
    """`alias_name` begins with `alias/`."""

    alias_name: Name
    target_key_id: KeyId


class UpdateAliasRequest(Shape, kw_only=True):
    """Points the alias to another key of the same usage."""

    alias_name: Name
    target_key_id: KeyId


class DeleteAliasRequest(Shape, kw_only=True):
    """The key itself is left as it is."""

    alias_name: Name


class ListAliasesRequest(Shape, kw_only=True):
    """With `key_id`, only the aliases of that key; `limit` is 50 by default."""

    key_id: KeyId | None = None
    limit: Limit | None = None
    marker: Marker | None = None


class AliasListEntry(Shape, kw_only=True):
    """One alias."""

    alias_arn: str
    alias_name: str
    creation_date: Timestamp
    last_updated_date: Timestamp
    target_key_id: str | None = None


class ListAliasesResponse(Shape, kw_only=True):
    """`target_key_id` is the bare id."""

    aliases: list[AliasListEntry]
    next_marker: str | None = None
    truncated: bool


class EnableKeyRotationRequest(Shape, kw_only=True):
    """90 to 2560 days; without a period an earlier one stays, at first 365."""

    key_id: KeyId
    rotation_period_in_days: Annotated[int, number(90, 2560)] | None = None


class DisableKeyRotationRequest(Shape, kw_only=True):
    """Only automatic rotation stops."""

    key_id: KeyId


class GetKeyRotationStatusRequest(Shape, kw_only=True):
    """Of a symmetric key."""

    key_id: KeyId


class GetKeyRotationStatusResponse(Shape, kw_only=True):
    """`key_id` is the ARN; the period and the next date only while rotation is enabled."""

    key_id: str
    key_rotation_enabled: bool
    next_rotation_date: Timestamp | None = None
    on_demand_rotation_start_date: Timestamp | None = None
    rotation_period_in_days: Integer | None = None


class RotateKeyOnDemandRequest(Shape, kw_only=True):
    """At most 25 times in a key's life."""

    key_id: KeyId


class RotateKeyOnDemandResponse(Shape, kw_only=True):
    """`key_id` is the ARN."""

    key_id: str


class ListKeyRotationsRequest(Shape, kw_only=True):
    """`ROTATIONS_ONLY` by default; `limit` is 100 by default."""

    key_id: KeyId
    include_key_material: Literal["ALL_KEY_MATERIAL", "ROTATIONS_ONLY"] | None = None
    limit: Limit | None = None
    marker: Marker | None = None


class RotationsListEntry(Shape, kw_only=True):
    """One material and how the key came to it."""

    expiration_model: ExpirationModel | None = None
    import_state: Literal["IMPORTED", "PENDING_IMPORT"] | None = None
    key_id: str | None = None
    key_material_description: str | None = None
    key_material_id: str | None = None
    key_material_state: (
        Literal["NON_CURRENT", "CURRENT", "PENDING_ROTATION", "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"] | None
    ) = None
    rotation_date: Timestamp | None = None
    rotation_type: Literal["AUTOMATIC", "ON_DEMAND"] | None = None
    valid_to: Timestamp | None = None


class ListKeyRotationsResponse(Shape, kw_only=True):
    """Newest first."""

    next_marker: str | None = None
    rotations: list[RotationsListEntry]
    truncated: bool


class TagResourceRequest(Shape, kw_only=True):
    """At most 50 tags on a key."""

    key_id: KeyId
    tags: list[Tag]


class UntagResourceRequest(Shape, kw_only=True):
    """Absent ones are not missed."""

    key_id: KeyId
    tag_keys: list[ShortText]


class ListResourceTagsRequest(Shape, kw_only=True):
    """`limit` is 50 by default."""

    key_id: KeyId
    limit: Limit | None = None
    marker: Marker | None = None


class ListResourceTagsResponse(Shape, kw_only=True):
    """By key."""

    next_marker: str | None = None
    tags: list[Tag]
    truncated: bool


class GetKeyPolicyRequest(Shape, kw_only=True):
    """The only name is `default`."""

    key_id: KeyId
    policy_name: PolicyName | None = None


class GetKeyPolicyResponse(Shape, kw_only=True):
    """The policy as it was given."""

    policy: str
    policy_name: str


class PutKeyPolicyRequest(Shape, kw_only=True):
    """At most 32 KiB; the caller must be able to change it again, unless the check is bypassed."""

    key_id: KeyId
    policy_name: PolicyName | None = None
    policy: Policy
    bypass_policy_lockout_safety_check: bool | None = None


class ListKeyPoliciesRequest(Shape, kw_only=True):
    """There is one."""

    key_id: KeyId
    limit: Limit | None = None
    marker: Marker | None = None


class ListKeyPoliciesResponse(Shape, kw_only=True):
    """Always `default`."""

    next_marker: str | None = None
    policy_names: list[str]
    truncated: bool


class GrantConstraints(Shape, kw_only=True):
    """When a grant holds: the encryption context has these pairs, or is just these."""

    encryption_context_subset: dict[str, str] | None = None
    encryption_context_equals: dict[str, str] | None = None
    source_arn: Annotated[str, text(20, 512, r"^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$")] | None = None


class CreateGrantRequest(Shape, kw_only=True):
    """Lets a principal do `operations` with the key, under `constraints` on the encryption context."""

    key_id: KeyId
    grantee_principal: Principal | None = None
    retiring_principal: Principal | None = None
    operations: list[GrantOperation]
    constraints: GrantConstraints | None = None
    grant_tokens: GrantTokens | None = None
    name: Name | None = None
    dry_run: bool | None = None
    grantee_service_principal: ServicePrincipal | None = None
    retiring_service_principal: ServicePrincipal | None = None


class CreateGrantResponse(Shape, kw_only=True):
    """The same name and members give the same grant again."""

    grant_id: str
    grant_token: str


class ListGrantsRequest(Shape, kw_only=True):
    """`limit` is 50 by default."""

    limit: Limit | None = None
    marker: Marker | None = None
    key_id: KeyId
    grant_id: ShortText | None = None
    grantee_principal: Principal | None = None
    grantee_service_principal: ServicePrincipal | None = None


class GrantListEntry(Shape, kw_only=True):
    """One grant."""

    constraints: GrantConstraints | None = None
    creation_date: Timestamp
    grant_id: str
    grantee_principal: str | None = None
    grantee_service_principal: str | None = None
    issuing_account: str
    key_id: str
    name: str | None = None
    operations: list[GrantOperation]
    retiring_principal: str | None = None
    retiring_service_principal: str | None = None


class ListGrantsResponse(Shape, kw_only=True):
    """Oldest first."""

    grants: list[GrantListEntry]
    next_marker: str | None = None
    truncated: bool


class ListRetirableGrantsRequest(Shape, kw_only=True):
    """Grants that a principal may retire, in the caller's account."""

    limit: Limit | None = None
    marker: Marker | None = None
    retiring_principal: Principal | None = None
    retiring_service_principal: ServicePrincipal | None = None


class RetireGrantRequest(Shape, kw_only=True):
    """By token, or by key ARN and grant id; whoever may do without the grant gives it up."""

    grant_token: GrantToken | None = None
    key_id: KeyId | None = None
    grant_id: ShortText | None = None
    dry_run: bool | None = None


class RevokeGrantRequest(Shape, kw_only=True):
    """Takes a grant back."""

    key_id: KeyId
    grant_id: ShortText
    dry_run: bool | None = None


class GetParametersForImportRequest(Shape, kw_only=True):
    """An RSA key to wrap material of one's own with."""

    key_id: KeyId
    wrapping_algorithm: Literal[
        "RSAES_PKCS1_V1_5",
        "RSAES_OAEP_SHA_1",
        "RSAES_OAEP_SHA_256",
        "RSA_AES_KEY_WRAP_SHA_1",
        "RSA_AES_KEY_WRAP_SHA_256",
        "SM2PKE",
    ]
    wrapping_key_spec: Literal["RSA_2048", "RSA_3072", "RSA_4096", "SM2"]


class GetParametersForImportResponse(Shape, kw_only=True):
    """Valid for 24 hours."""

    import_token: bytes
    key_id: str
    parameters_valid_to: Timestamp
    public_key: PlainAnswer


class ImportKeyMaterialRequest(Shape, kw_only=True):
    """Material made elsewhere, wrapped by what GetParametersForImport gave. Expires by default."""

    key_id: KeyId
    import_token: Ciphertext
    encrypted_key_material: Ciphertext
    valid_to: Timestamp | None = None
    expiration_model: ExpirationModel | None = None
    import_type: Literal["NEW_KEY_MATERIAL", "EXISTING_KEY_MATERIAL"] | None = None
    key_material_description: Annotated[str, text(0, 256, r"^[a-zA-Z0-9:/_\s.-]+$")] | None = None
    key_material_id: MaterialId | None = None


class ImportKeyMaterialResponse(Shape, kw_only=True):
    """The material's id follows from the material."""

    key_id: str
    key_material_id: str


class DeleteImportedKeyMaterialRequest(Shape, kw_only=True):
    """The key waits for an import then."""

    key_id: KeyId
    key_material_id: MaterialId | None = None


class DeleteImportedKeyMaterialResponse(Shape, kw_only=True):
    """The material's id."""

    key_id: str
    key_material_id: str
