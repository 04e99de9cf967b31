"""Types that several of KMS's structures share, with the limits that AWS declares on them."""

from __future__ import annotations

from typing import Annotated, Literal

from parastore.shapes import blob, items, number, text

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
