"""Requests and answers of imported key material."""

from __future__ import annotations

from typing import Annotated, Literal

from parastore.kms.shapes.terms import Ciphertext, ExpirationModel, KeyId, MaterialId, PlainAnswer
from parastore.shapes import Shape, Timestamp, text


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
    key_material_id: str | None = None
