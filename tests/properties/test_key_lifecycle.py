"""A key's life, whatever is done in whatever order: what was encrypted opens while its key may be used, else never."""

from __future__ import annotations

import asyncio
import base64
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.folders import OpenFolder, location_of, make_folder

from parastore.errors import ServiceError
from parastore.kms.operations.expire import carry_out_due
from parastore.kms.rules.keys import DAY
from parastore.server.unlock import load_ring

INVALID = "KMSInvalidStateException"
WORKS = {"Enabled": None, "Disabled": "DisabledException", "PendingDeletion": INVALID, "PendingImport": INVALID}
CONTEXTS = [{}, {"a": "1"}, {"a": "1", "b": "2"}]


class Blob(NamedTuple):
    """A blob, and what it should open to."""

    content: str
    plaintext: str
    context: dict[str, str]
    key: str


class Keys(RuleBasedStateMachine):
    """Three keys, one of them with imported material, and two aliases on a data folder, beside what they should be."""

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "data"
        # The first start runs a loop of its own, which must not be inside another.
        make_folder(path)
        self.engine = location_of(path).open()
        ring = self.loop.run_until_complete(load_ring(self.engine.read(), path))
        self.opened = OpenFolder(self.engine, ring)
        self.states: dict[str, str] = {}
        self.deletion: dict[str, int] = {}
        for _ in range(2):
            key_id = self.call("CreateKey")["KeyMetadata"]["KeyId"]
            self.states[key_id] = "Enabled"
        self.external = self.call("CreateKey", Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
        self.states[self.external] = "PendingImport"
        self.material = False
        self.wrapped = self.wrap()
        self.aliases: dict[str, str] = {}
        self.blobs: list[Blob] = []
        self.now = self.opened.now

    def wrap(self) -> dict[str, Any]:
        """The same material each time, for as long as the server's import token is good."""
        given = self.call(
            "GetParametersForImport",
            KeyId=self.external,
            WrappingAlgorithm="RSAES_OAEP_SHA_256",
            WrappingKeySpec="RSA_2048",
        )
        public = load_der_public_key(base64.b64decode(given["PublicKey"]))
        assert isinstance(public, rsa.RSAPublicKey)
        sealed = public.encrypt(bytes(range(32)), padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
        return {
            "KeyId": self.external,
            "ImportToken": given["ImportToken"],
            "EncryptedKeyMaterial": base64.b64encode(sealed).decode(),
            "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
        }

    def call(self, operation: str, **members: Any) -> Any:
        return self.loop.run_until_complete(self.opened.call(operation, **members))

    def outcome(self, operation: str, **members: Any) -> Any:
        try:
            return self.call(operation, **members)
        except ServiceError as error:
            return error.code

    def key(self, number: int) -> str:
        # In the order of their making: identifiers are random, and a drawn number must mean the same key in every run.
        return list(self.states)[number % len(self.states)]

    @precondition(lambda self: self.states)
    @rule(number=st.integers(0, 2), plaintext=st.binary(min_size=1, max_size=40), context=st.sampled_from(CONTEXTS))
    def encrypt(self, number: int, plaintext: bytes, context: dict[str, str]) -> None:
        key_id, text = self.key(number), base64.b64encode(plaintext).decode()
        answer = self.outcome("Encrypt", KeyId=key_id, Plaintext=text, EncryptionContext=context)
        if (refused := WORKS[self.states[key_id]]) is None:
            self.blobs.append(Blob(answer["CiphertextBlob"], text, context, key_id))
        else:
            assert answer == refused

    @precondition(lambda self: self.blobs and self.states)
    @rule(at=st.integers(0, 50), number=st.integers(0, 2))
    def move(self, at: int, number: int) -> None:
        blob, key_id = self.blobs[at % len(self.blobs)], self.key(number)
        members = {"CiphertextBlob": blob.content, "SourceEncryptionContext": blob.context}
        answer = self.outcome("ReEncrypt", **members, DestinationKeyId=key_id)
        if blob.key in self.states and WORKS[self.states[blob.key]] is None and WORKS[self.states[key_id]] is None:
            self.blobs.append(Blob(answer["CiphertextBlob"], blob.plaintext, {}, key_id))
        else:
            assert isinstance(answer, str)

    @precondition(lambda self: self.states)
    @rule(number=st.integers(0, 2))
    def rotate(self, number: int) -> None:
        key_id = self.key(number)
        answer = self.outcome("RotateKeyOnDemand", KeyId=key_id)
        if key_id == self.external:
            assert answer == "UnsupportedOperationException"
            return
        assert isinstance(answer, dict) or answer in (WORKS[self.states[key_id]], "LimitExceededException")

    @precondition(lambda self: self.states)
    @rule(number=st.integers(0, 2), operation=st.sampled_from(["EnableKey", "DisableKey"]))
    def switch(self, number: int, operation: str) -> None:
        key_id = self.key(number)
        answer = self.outcome(operation, KeyId=key_id)
        if WORKS[self.states[key_id]] == INVALID:
            assert answer == INVALID
        else:
            self.states[key_id] = "Enabled" if operation == "EnableKey" else "Disabled"

    @precondition(lambda self: self.states)
    @rule(number=st.integers(0, 2))
    def schedule(self, number: int) -> None:
        key_id = self.key(number)
        answer = self.outcome("ScheduleKeyDeletion", KeyId=key_id, PendingWindowInDays=7)
        if self.states[key_id] != "PendingDeletion":
            self.states[key_id] = "PendingDeletion"
            self.deletion[key_id] = self.opened.now + 7 * DAY
        else:
            assert answer == INVALID

    @precondition(lambda self: self.states)
    @rule(number=st.integers(0, 2))
    def cancel(self, number: int) -> None:
        key_id = self.key(number)
        answer = self.outcome("CancelKeyDeletion", KeyId=key_id)
        if self.states[key_id] == "PendingDeletion":
            kept = key_id != self.external or self.material
            self.states[key_id] = "Disabled" if kept else "PendingImport"
            del self.deletion[key_id]
        else:
            assert answer == INVALID

    @precondition(lambda self: self.external in self.states)
    @rule(there=st.booleans())
    def material_comes_and_goes(self, there: bool) -> None:
        operation = "ImportKeyMaterial" if there else "DeleteImportedKeyMaterial"
        answer = self.outcome(operation, **(self.wrapped if there else {"KeyId": self.external}))
        if answer == "ExpiredImportTokenException":
            self.wrapped = self.wrap()
        elif self.states[self.external] == "PendingDeletion":
            assert answer == INVALID
        else:
            assert isinstance(answer, dict)
            self.material = there
            if not there:
                self.states[self.external] = "PendingImport"
            elif self.states[self.external] == "PendingImport":
                self.states[self.external] = "Enabled"

    @precondition(lambda self: self.states)
    @rule(number=st.integers(0, 2), name=st.sampled_from(["alias/one", "alias/two"]))
    def alias(self, number: int, name: str) -> None:
        key_id = self.key(number)
        operation = "UpdateAlias" if name in self.aliases else "CreateAlias"
        answer = self.outcome(operation, AliasName=name, TargetKeyId=key_id)
        if self.states[key_id] == "PendingDeletion":
            assert answer == INVALID
        else:
            self.aliases[name] = key_id

    @rule(days=st.sampled_from([1, 8]))
    def wait(self, days: int) -> None:
        self.opened.now += days * DAY
        self.loop.run_until_complete(carry_out_due(self.engine, self.opened.ring, self.opened.now))
        for key_id, moment in list(self.deletion.items()):
            if moment <= self.opened.now:
                del self.deletion[key_id], self.states[key_id]
                self.aliases = {name: key for name, key in self.aliases.items() if key != key_id}

    @invariant()
    def what_was_encrypted_opens_while_it_may(self) -> None:
        for blob in getattr(self, "blobs", [])[-6:]:
            answer = self.outcome("Decrypt", CiphertextBlob=blob.content, EncryptionContext=blob.context)
            if blob.key not in self.states:
                assert answer == "AccessDeniedException"
            elif (refused := WORKS[self.states[blob.key]]) is not None:
                assert answer == refused
            else:
                assert answer["Plaintext"] == blob.plaintext
                wrong = self.outcome("Decrypt", CiphertextBlob=blob.content, EncryptionContext={"a": "other"})
                assert wrong == "InvalidCiphertextException"

    @invariant()
    def an_alias_names_its_key(self) -> None:
        for name, key_id in getattr(self, "aliases", {}).items():
            assert self.call("DescribeKey", KeyId=name)["KeyMetadata"]["KeyId"] == key_id

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.loop.run_until_complete(self.engine.close())
            self.folder.cleanup()
            self.loop.close()


TestKeys = Keys.TestCase
TestKeys.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
