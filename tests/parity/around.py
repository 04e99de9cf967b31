"""What is around the operations: the protocol, who may ask, keys, and what AWS does not do."""

from __future__ import annotations

from tests.parity.facts import ANY, Fact, fact, held, invalid, put, refuses, violates
from tests.sdk import words

_WIRE = "sdk/boto3/test_wire.py"
_SIGNED = "sdk/boto3/test_signatures.py"
_ALLOWED = "sdk/iam/test_in_force.py"
_SECRET = "sdk/boto3/test_secure_strings.py"

PROTOCOL: tuple[Fact, ...] = (
    held("Q", "Answers have the id of the request, type, length and date as headers, and no checksum.",
         f"{_WIRE}::test_the_headers_of_an_answer"),
    held("Q", "Operations there are not, and targets that name none, are UnknownOperationException without a text.",
         f"{_WIRE}::test_targets_that_name_nothing"),
    held("Q", "Other media types are answered 404, in XML.", f"{_WIRE}::test_other_content_types_are_not_found"),
    held("Q", "What is no JSON object is SerializationException without a text.",
         f"{_WIRE}::test_bodies_that_are_no_json_object"),
    held("Q", "A member of another JSON type is SerializationException, which says what was found.",
         f"{_WIRE}::test_wrong_types"),
    held("Q", "Members that say nothing are left out of account: unknown ones, and null.",
         f"{_WIRE}::test_members_that_say_nothing"),
    held("Q", "null in a list is dropped.", f"{_WIRE}::test_null_in_a_list"),
    held("Q", "A number with a fraction is cut to a whole one.", f"{_WIRE}::test_numbers"),
    held("M", "Every limit that the model sets to a request is told in AWS's words, by the path of its member.",
         "conformance/test_limits.py::test_a_limit_is_told"),
    held("?", "Broken limits are told before rules of the operation.", f"{_WIRE}::test_limits_are_told_before_rules"),
    held("R", "Dates are seconds with milliseconds, as numbers.",
         "sdk/boto3/test_get.py::test_dates_are_numbers_to_the_millisecond"),
    fact("Q", "Several broken limits are told together.",
         invalid("PutParameter",
                 "2 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member must have"
                 " length greater than or equal to 1; Value at 'value' failed to satisfy constraint: Member must have"
                 " length greater than or equal to 1", Name="", Value="", Type="String")),
    fact("?", "A value that is missing is not shown either.",
         violates("PutParameter", "value", None, "Member must not be null", Name="/a", Type="String")),
    fact("R", "Limits of items are told on their list.",
         violates("GetParameters", "names", "'[/a, ]'",
                  "Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must"
                  " have length greater than or equal to 1]", Names=["/a", ""])),
)  # fmt: skip

ACCESS: tuple[Fact, ...] = (
    held("Q", "An unknown key is UnrecognizedClientException.", f"{_SIGNED}::test_an_unknown_key"),
    held("Q", "A wrong secret is InvalidSignatureException with AWS's text.", f"{_SIGNED}::test_a_wrong_secret"),
    held("Q", "No credentials are MissingAuthenticationTokenException.", f"{_SIGNED}::test_without_credentials"),
    held("Q", "A clock may be five minutes off, and the text says by how much it is more.",
         f"{_SIGNED}::test_a_clock_that_is_behind"),
    held("Q", "Missing parts of the signature are all told at once.", f"{_SIGNED}::test_parts_that_are_missing"),
    held("Q", "A denial names who, what, on what and why.", f"{_ALLOWED}::test_nothing_is_allowed_by_itself"),
    held("D", "ssm:GetParameter and ssm:GetParameters are two actions.", f"{_ALLOWED}::test_what_is_allowed"),
    held("D", "Conditions on tags, overwriting, recursion and policies are understood.",
         f"{_ALLOWED}::test_conditions"),
    held("?", "Tags in a PutParameter need ssm:AddTagsToResource.",
         f"{_ALLOWED}::test_new_tags_need_their_own_permission"),
    held("D", "What is public needs permission too.", f"{_ALLOWED}::test_what_is_public_needs_permission_too"),
    held("D", "Across accounts both sides must allow it.", f"{_ALLOWED}::test_across_accounts_both_must_allow"),
    held("D", "A SecureString under a key of one's own needs kms:Decrypt; under the default key it does not.",
         f"{_ALLOWED}::test_secure_strings"),
)  # fmt: skip

KEYS: tuple[Fact, ...] = (
    held("R", "Ciphertext is a KMS blob in base64, that of an advanced parameter a message of AWS's Encryption SDK.",
         f"{_SECRET}::test_ciphertext_without_decryption"),
    held("D", "An advanced parameter's data key begins as AWS's do.",
         "sdk/boto3/test_advanced_secrets.py::test_the_data_key_begins_as_those_of_aws_do"),
    held("D", "A key is named by its id, its ARN, an alias or an alias's ARN, and comes back as it was given.",
         f"{_SECRET}::test_ways_to_name_a_key"),
    held("D", "The default key is made when it is first needed, and serves through Parameter Store alone.",
         f"{_SECRET}::test_the_default_key_is_made_on_first_use"),
    held("Q", "A key that is not there is InvalidKeyId when a value is to be encrypted.",
         f"{_SECRET}::test_keys_that_do_not_exist"),
    held("Q", "An unusable key is InvalidKeyId with the text of KMS: disabled, pending deletion or gone.",
         f"{_SECRET}::test_an_unusable_key"),
    fact("Q", "Keys and aliases there are not are InvalidKeyId with the text of KMS, and nothing is stored.",
         *(refuses("PutParameter", "InvalidKeyId", ANY, Name="/a", Value="v", Type="SecureString", KeyId=key)
           for key in ("11111111-2222-3333-4444-555555555555", "alias/none",
                       "arn:aws:kms:REGION:ACCOUNT:key/11111111-2222-3333-4444-555555555555",
                       "arn:aws:kms:REGION:ACCOUNT:alias/none")),
         refuses("GetParameter", "ParameterNotFound", Name="/a")),
    fact("M", "The name of a key has up to 256 characters.",
         violates("PutParameter", "keyId", f"'{'k' * 257}'", "Member must have length less than or equal to 256",
                  Name="/a", Value="v", Type="SecureString", KeyId="k" * 257)),
)  # fmt: skip

NEVER: tuple[Fact, ...] = (
    fact("R", "HierarchyTypeMismatchException is documented and never sent: types may change.",
         put("/a"), put("/a", "w", "SecureString", Overwrite=True)),
    fact("R", "A missing parameter is told without a text, whatever other implementations say.",
         refuses("GetParameter", "ParameterNotFound", Name="/a"),
         refuses("DeleteParameter", "ParameterNotFound", Name="/a"),
         refuses("LabelParameterVersion", "ParameterNotFound", Name="/a", Labels=["l"])),
    fact("Q", "A path that begins with ssm is told the rules of names, in which aws is not named.",
         invalid("PutParameter", words.NAME, Name="/ssm/x", Value="v", Type="String")),
    held("?", "Concurrent changes follow each other; TooManyUpdates is sent only while an image is validated.",
         "sdk/boto3/test_images.py::test_a_second_put_is_refused_while_one_waits"),
)  # fmt: skip
