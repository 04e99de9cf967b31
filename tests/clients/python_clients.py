"""Other people's Python clients, each in a function; run by test_python.py with the interpreter that has them.

The account has /c/host "h" (version 2, version 1 labelled old), /c/names "a,b", /c/deep/secret "hush" (SecureString),
/c/json {"a": 1}.
"""

import asyncio
import sys


def powertools():
    from aws_lambda_powertools.utilities import parameters
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

    assert parameters.get_parameter("/c/host") == "h"
    assert parameters.get_parameter("/c/deep/secret", decrypt=True) == "hush"
    assert parameters.get_parameter("/c/json", transform="json") == {"a": 1}
    assert parameters.get_parameters("/c", recursive=True, decrypt=True) == {
        "host": "h", "names": "a,b", "json": '{"a": 1}', "deep/secret": "hush",
    }  # fmt: skip
    many = parameters.get_parameters_by_name(
        {"/c/host": {}, "/c/deep/secret": {"decrypt": True}, "/c/none": {}}, raise_on_error=False
    )
    assert many == {"/c/host": "h", "/c/deep/secret": "hush", "_errors": ["/c/none"]}
    assert parameters.set_parameter("/c/host", "h3", overwrite=True)["Version"] == 3
    assert parameters.get_parameter("/c/host", force_fetch=True) == "h3"
    parameters.set_parameter("/c/host", "h", overwrite=True)
    try:
        parameters.get_parameter("/c/none")
    except GetParameterError as error:
        assert "ParameterNotFound" in str(error)  # noqa: PT017
    else:
        raise AssertionError


def ssm_cache():
    from ssm_cache import InvalidParameterError, SSMParameter, SSMParameterGroup

    assert SSMParameter("/c/deep/secret").value == "hush"
    assert SSMParameter("/c/names").value == ["a", "b"]
    assert SSMParameter("/c/host:1").value == "h1"
    group = SSMParameterGroup(base_path="/c")
    assert {each.full_name: each.value for each in group.parameters("/deep", recursive=True)} == {
        "/c/deep/secret": "hush"
    }
    assert group.parameter("/host").value == "h"
    try:
        SSMParameter("/c/none").refresh()
    except InvalidParameterError:
        pass
    else:
        raise AssertionError


def aioboto3():
    import aioboto3

    async def run():
        async with aioboto3.Session().client("ssm") as client:
            answers = await asyncio.gather(
                *(client.get_parameter(Name="/c/deep/secret", WithDecryption=True) for _ in range(5))
            )
            assert [each["Parameter"]["Value"] for each in answers] == ["hush"] * 5
            paginator = client.get_paginator("get_parameters_by_path")
            names = [
                each["Name"]
                async for page in paginator.paginate(Path="/c", Recursive=True, MaxResults=1)
                for each in page["Parameters"]
            ]
            assert sorted(names) == ["/c/deep/secret", "/c/host", "/c/json", "/c/names"]
            try:
                await client.get_parameter(Name="/c/none")
            except client.exceptions.ParameterNotFound:
                return
            raise AssertionError

    asyncio.run(run())


def pydantic_settings_aws():
    from typing import Annotated

    from pydantic_settings_aws import AWSSettingsConfigDict, ParameterStoreBaseSettings

    class Settings(ParameterStoreBaseSettings):
        model_config = AWSSettingsConfigDict(aws_region="us-east-1")
        host: Annotated[str, {"ssm": "/c/host"}]
        secret: Annotated[str, {"ssm": "/c/deep/secret"}]

    assert Settings().model_dump() == {"host": "h", "secret": "hush"}


if __name__ == "__main__":
    globals()[sys.argv[1]]()
