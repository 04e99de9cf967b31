"""A PKCS#11 token, such as an HSM, holds the key that opens the root key, made in the token and never leaving it.

Each root key has a key of its own in the token: AES-256, labelled `parastore root key`, with the root key's id as
CKA_ID, not extractable. The token encrypts by CKM_AES_GCM, bound to the id. Old keys stay there until the operator
destroys them, as backups may need them.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from parastore.seal.provider import SIZE, Provider, RootKeyError, RootKeyRefused, RootKeyUnavailable
from parastore.seal.secret import SecretError, Secrets

try:
    import pkcs11
    from pkcs11 import exceptions as failures
except ImportError as error:
    raise RootKeyError("a PKCS#11 token needs one package more: pip install 'parastore[pkcs11]'") from error

T = TypeVar("T")  # the package types a key without what it can do, so sessions are Any

LABEL = "parastore root key"
_NONCE = 12
_REFUSALS = (
    failures.PinIncorrect,
    failures.PinLocked,
    failures.PinExpired,
    failures.PinInvalid,
    failures.PinLenRange,
    failures.UserPinNotInitialized,
)
_ALTERED = (failures.EncryptedDataInvalid, failures.EncryptedDataLenRange, failures.ArgumentsBad)


class Pkcs11Provider:
    """`module` is the token's library, `token` its label; the PIN comes as a passphrase does."""

    name: ClassVar[str] = "pkcs11"

    def __init__(self, secrets: Secrets, *, module: str, token: str, secret_file: str | None = None) -> None:
        given = {"module": module, "token": token, "secret_file": secret_file}
        self.parameters: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        self._module = module
        self._token = token
        self._secrets = secrets
        self._file = None if secret_file is None else Path(secret_file)

    def create(self, key_id: str) -> tuple[bytes, bytes]:
        """See Provider."""

        def work(session: Any) -> tuple[bytes, bytes]:
            made = session.generate_key(
                pkcs11.KeyType.AES,
                SIZE * 8,
                id=key_id.encode(),
                label=LABEL,
                store=True,
                capabilities=pkcs11.MechanismFlag.ENCRYPT | pkcs11.MechanismFlag.DECRYPT,
                template={pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False},
            )
            key, nonce = os.urandom(SIZE), os.urandom(_NONCE)
            return key, nonce + bytes(made.encrypt(key, mechanism=_GCM, mechanism_param=_bound(key_id, nonce)))

        return self._in_session(work, writes=True)

    def open(self, key_id: str, keeps: bytes) -> Iterator[bytes]:
        """See Provider."""

        def work(session: Any) -> bytes:
            key = session.get_key(
                object_class=pkcs11.ObjectClass.SECRET_KEY, key_type=pkcs11.KeyType.AES, id=key_id.encode()
            )
            nonce, sealed = keeps[:_NONCE], keeps[_NONCE:]
            return bytes(key.decrypt(sealed, mechanism=_GCM, mechanism_param=_bound(key_id, nonce)))

        yield self._in_session(work, writes=False)

    def _in_session(self, work: Callable[[Any], T], *, writes: bool) -> T:
        where = f"the token {self._token!r} of {self._module}"
        try:
            pin = self._secrets.current(self._file, "PIN")[0]
        except SecretError as error:
            raise RootKeyUnavailable(f"the PIN of {where} is not there: {error}") from error
        try:
            with _library(self._module) as library:
                token = library.get_token(token_label=self._token)
                with token.open(rw=writes, user_pin=pin) as session:
                    return work(session)
        except _REFUSALS as error:
            raise RootKeyRefused(
                f"{where} refuses the PIN ({type(error).__name__}): correct it, then start the server again;"
                " after some wrong ones the token locks itself"
            ) from error
        except failures.NoSuchKey as error:
            raise RootKeyError(f"{where} does not have the key of this data's root key") from error
        except _ALTERED as error:
            raise RootKeyError("what the database keeps of the root key was altered: restore a backup") from error
        except (failures.PKCS11Error, RuntimeError, OSError) as error:
            why = str(error) or type(error).__name__
            raise RootKeyUnavailable(f"{where} cannot be used: {why}") from error


@contextlib.contextmanager
def _library(module: str) -> Iterator[Any]:
    """The token's library, begun anew: one that is kept does not see tokens that came later, or came back."""
    library = pkcs11.lib(module)
    try:
        yield library
    finally:
        with contextlib.suppress(failures.PKCS11Error):
            library.finalize()


_GCM = pkcs11.Mechanism.AES_GCM


def _bound(key_id: str, nonce: bytes) -> pkcs11.GCMParams:
    return pkcs11.GCMParams(nonce, b"parastore root key " + key_id.encode())


PROVIDER: type[Provider] = Pkcs11Provider
