"""`parastore explain`: why somebody may do something or not, and what would change that, as an ordinary client.

It takes the text of a denial as it was printed, the sealed message beside it, or principal, action and resource. The
verdict is the server's own simulator's; the policies are read to show the statement that decided, and those that nearly
did. Ends with 0 for allowed, 1 for denied, 2 for unable.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import click

from parastore.cli.folder import Unable

DENIED = 1
_MESSAGE = re.compile(r"(?<![\w-])[\w-]{400,}={0,2}", re.ASCII)
_DENIAL = re.compile(r"User: (\S+) is not authorized to perform: (\S+) on resource: (\S+)")


class _Question(NamedTuple):
    principal: str
    action: str
    resource: str


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="DENIAL | MESSAGE | PRINCIPAL ACTION RESOURCE")
@click.option(
    "--context", "-c", multiple=True, metavar="KEY=VALUE", help="A condition key of the request, several times."
)
@click.option("--profile", metavar="NAME", help="AWS profile, by default the one of the environment.")
@click.option("--endpoint-url", metavar="URL", help="Server, by default the profile's.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
def explain(
    words: tuple[str, ...], context: tuple[str, ...], profile: str | None, endpoint_url: str | None, form: str
) -> None:
    """Say why a call is allowed or denied.

    Give the error as it was printed, in quotes, the message in its header x-parastore-denial, or the ARN of a user or
    role, an action and a resource:

        parastore explain arn:aws:iam::111122223333:user/ann ssm:GetParameter arn:aws:ssm:...:parameter/app/key
    """
    import boto3  # noqa: PLC0415 (not for --help)
    import botocore.exceptions  # noqa: PLC0415

    question = _question(words)
    entries = _entries(context)
    try:
        session = boto3.Session(profile_name=profile)
        # IAM is the same in every Region, so nobody need name one.
        region = session.region_name or "us-east-1"
        if isinstance(question, str):
            sts = session.client("sts", region_name=region, endpoint_url=endpoint_url)
            told = json.loads(sts.decode_authorization_message(EncodedMessage=question)["DecodedMessage"])
            question, entries = _told(told, entries)
        iam = session.client("iam", region_name=region, endpoint_url=endpoint_url)
        answer = _answer(iam, question, entries)
    except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:
        raise Unable(str(error)) from None
    if form == "json":
        click.echo(json.dumps(answer, indent=2))
    else:
        click.echo("\n".join(_lines(question, answer)))
    if answer["decision"] != "allowed":
        sys.exit(DENIED)


def _question(words: tuple[str, ...]) -> _Question | str:
    """What is asked, or the sealed message that says it."""
    text = " ".join(words)
    found = _DENIAL.search(text)
    if found is not None:
        return _Question(*found.groups())
    message = _MESSAGE.search(text)
    if message is not None:
        return message[0]
    if len(words) != 3 or len(words[0].split(":", 5)) != 6:
        raise click.UsageError(
            "Give the text of a denial, the message in its header x-parastore-denial, or the ARN of a user or role, an"
            " action and a resource."
        )
    return _Question(*words)


def _told(told: dict[str, Any], entries: list[dict[str, Any]]) -> tuple[_Question, list[dict[str, Any]]]:
    """The question in a decoded message, with the condition keys of its request where `entries` say nothing."""
    context = told["context"]
    given = {each["ContextKeyName"].lower() for each in entries}
    for item in context["conditions"]["items"]:
        values = [each["value"] for each in item["values"]["items"]]
        if item["key"] not in given:
            kind = "string" if len(values) == 1 else "stringList"
            entries.append({"ContextKeyName": item["key"], "ContextKeyValues": values, "ContextKeyType": kind})
    return _Question(context["principal"]["arn"], context["action"], context["resource"]), entries


def _entries(context: tuple[str, ...]) -> list[dict[str, Any]]:
    entries = []
    for each in context:
        key, equals, value = each.partition("=")
        if not equals:
            raise click.UsageError(f"--context {each} must be KEY=VALUE, as in aws:SourceIp=203.0.113.7.")
        entries.append({"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"})
    return entries


def _answer(iam: Any, question: _Question, entries: list[dict[str, Any]]) -> dict[str, Any]:
    from parastore.cli.entitlements import policies_of, principal_named  # noqa: PLC0415

    if question.principal.endswith(":root"):
        text = "An account's root may do everything in its own account; elsewhere the resource's policy decides."
        return {"decision": "allowed", "by": text, "nearly": []}
    principal = principal_named(iam, question.principal)
    (result,) = iam.simulate_principal_policy(
        PolicySourceArn=principal,
        ActionNames=[question.action],
        ResourceArns=[question.resource],
        ContextEntries=entries,
    )["EvaluationResults"]
    policies = list(policies_of(iam, principal))
    bounded = result.get("PermissionsBoundaryDecisionDetail", {}).get("AllowedByPermissionsBoundary", True)
    answer = {
        "principal": principal,
        "decision": result["EvalDecision"],
        "by": _statement(result, policies) if result["MatchedStatements"] else None,
        "withinBoundary": bounded,
        "missingContext": result["MissingContextValues"],
        "nearly": list(_nearly(question, policies)) if result["EvalDecision"] == "implicitDeny" else [],
    }
    if result["EvalDecision"] == "implicitDeny" and bounded:
        answer["wouldAllow"] = {"Effect": "Allow", "Action": question.action, "Resource": question.resource}
    return answer


def _statement(result: Any, policies: list[Any]) -> dict[str, Any]:
    matched = result["MatchedStatements"][0]
    for each in policies:
        if each.identifier == matched["SourcePolicyId"]:
            document = json.loads(each.text)["Statement"]
            statements = document if isinstance(document, list) else [document]
            return {"where": each.where, "statement": _deciding(statements, result["EvalDecision"], result)}
    return {"where": matched["SourcePolicyId"], "statement": None}


def _deciding(statements: list[Any], decision: str, result: Any) -> Any:
    """The statement itself: the document may be laid out otherwise than stored, so it is found by what it says."""
    from parastore.policy.document import parse  # noqa: PLC0415

    effect = "Allow" if decision == "allowed" else "Deny"
    for each in statements:
        text = json.dumps({"Version": "2012-10-17", "Statement": [each | {"Condition": {}}]})
        (compiled,) = parse(text).statements
        if compiled.effect == effect and compiled.covers(
            result["EvalActionName"].lower(), result["EvalResourceName"], {}
        ):
            return each
    return None


def _nearly(question: _Question, policies: list[Any]) -> Iterator[dict[str, Any]]:
    """Statements that allow the action, but on other resources or under a condition."""
    from parastore.policy.document import parse  # noqa: PLC0415

    for each in policies:
        listed = json.loads(each.text)["Statement"]
        for statement in listed if isinstance(listed, list) else [listed]:
            text = json.dumps({"Version": "2012-10-17", "Statement": [statement | {"Condition": {}}]})
            (compiled,) = parse(text).statements
            if compiled.effect != "Allow":
                continue
            if compiled.covers(question.action.lower(), question.resource, {}):
                # Without a condition it does allow, as far as it can: a boundary, say, beside policies that do not.
                if statement.get("Condition"):
                    yield {"where": each.where, "why": "under a condition that did not hold", "statement": statement}
            elif any(pattern.matches(question.action.lower(), {}) for pattern in compiled.action_patterns):
                yield {"where": each.where, "why": "on other resources", "statement": statement}


def _lines(question: _Question, answer: dict[str, Any]) -> Iterator[str]:
    what = f"{question.principal} may{'' if answer['decision'] == 'allowed' else ' not'} do {question.action}"
    yield f"{what} on {question.resource}."
    by = answer["by"]
    if isinstance(by, str):
        yield by
    elif by is not None:
        yield f"{'Allowed' if answer['decision'] == 'allowed' else 'Denied'} by a statement of {by['where']}:"
        yield _shown(by["statement"])
        if answer["decision"] == "explicitDeny":
            yield "A denial outweighs whatever allows it: change or remove this statement."
    elif not answer["withinBoundary"]:
        yield "The permissions boundary does not allow it. Whatever else allows it, the boundary must too."
    else:
        yield "No policy of theirs allows it."
    for each in answer["nearly"]:
        yield f"A statement of {each['where']} allows the action {each['why']}:"
        yield _shown(each["statement"])
    if answer.get("missingContext"):
        yield f"Their policies ask for {', '.join(answer['missingContext'])}: say with --context what the request had."
    if "wouldAllow" in answer:
        yield "This statement would allow it:"
        yield _shown(answer["wouldAllow"])
        yield "A resource of another account, and a KMS key, must allow it by a policy of its own as well."


def _shown(statement: Any) -> str:
    return "\n".join(f"    {line}" for line in json.dumps(statement, indent=2).splitlines())
