// All operations through the AWS SDK for JavaScript, asserted here; the last line says in JSON what was done.
// The server is named by AWS_ENDPOINT_URL_SSM, the account by the usual variables; it must be empty.

import assert from "node:assert/strict";
import * as sdk from "@aws-sdk/client-ssm";

const client = new sdk.SSMClient({});
const done = new Set();

async function call(operation, input, through = client) {
  done.add(operation);
  const { $metadata, ...answer } = await through.send(new sdk[`${operation}Command`](input));
  assert.equal($metadata.httpStatusCode, 200);
  assert.match($metadata.requestId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal($metadata.attempts, 1);
  return answer;
}

async function refusal(operation, input, through = client) {
  try {
    await through.send(new sdk[`${operation}Command`](input));
  } catch (error) {
    return error;
  }
  assert.fail(`${operation} was not refused`);
}

async function all(pages, pick = (page) => page.Parameters) {
  const found = [];
  for await (const page of pages) found.push(...pick(page));
  return found;
}

const names = (parameters) => parameters.map((each) => each.Name);

// The life of a parameter of each type.

const values = { String: "Grüße, 한국어 🔑", StringList: "a, b ,,c,", SecureString: "s3cr3t" };
const account = process.env.ACCOUNT;

for (const [Type, Value] of Object.entries(values)) {
  const Name = `/js/${Type}`;
  const began = Date.now();
  assert.deepEqual(
    await call("PutParameter", { Name, Value, Type, Description: "from JavaScript", Tags: [{ Key: "by", Value: "js" }] }),
    { Tier: "Standard", Version: 1 },
  );
  assert.deepEqual(await call("PutParameter", { Name, Value: `${Value}2`, Overwrite: true }), {
    Tier: "Standard",
    Version: 2,
  });

  const { Parameter } = await call("GetParameter", { Name, WithDecryption: true });
  assert.ok(Parameter.LastModifiedDate instanceof Date);
  assert.ok(Parameter.LastModifiedDate.getTime() >= began && Parameter.LastModifiedDate.getTime() <= Date.now());
  const { LastModifiedDate, ...rest } = Parameter;
  const ARN = `arn:aws:ssm:us-east-1:${account}:parameter${Name}`;
  assert.deepEqual(rest, { ARN, DataType: "text", Name, Type, Value: `${Value}2`, Version: 2 });
  assert.equal((await call("GetParameter", { Name: `${ARN}:1`, WithDecryption: true })).Parameter.Value, Value);

  const { Parameters: history } = await call("GetParameterHistory", { Name, WithDecryption: true });
  assert.deepEqual(history.map((each) => each.Value), [Value, `${Value}2`]);
  assert.deepEqual(history.map((each) => [each.Labels, each.Policies]), [[[], []], [[], []]]);
}

const hidden = (await call("GetParameter", { Name: "/js/SecureString" })).Parameter.Value;
assert.match(hidden, /^AQICAH[A-Za-z0-9+/]+=*$/);

const several = await call("GetParameters", { Names: ["/js/StringList", "/js/none", "/js/String"] });
assert.deepEqual(names(several.Parameters), ["/js/String", "/js/StringList"]);
assert.deepEqual(several.InvalidParameters, ["/js/none"]);

// Listings and their paginators.

const byPath = await call("GetParametersByPath", { Path: "/js", MaxResults: 2 });
assert.equal(byPath.Parameters.length, 2);
assert.equal(typeof byPath.NextToken, "string");
const paged = { client, pageSize: 1 };
const listed = await all(sdk.paginateGetParametersByPath(paged, { Path: "/", Recursive: true, WithDecryption: true }));
assert.deepEqual(names(listed), ["/js/SecureString", "/js/String", "/js/StringList"]);
assert.equal(listed[0].Value, "s3cr3t2");
assert.deepEqual(names(await all(sdk.paginateDescribeParameters(paged, {}))), names(listed));
assert.equal((await all(sdk.paginateGetParameterHistory(paged, { Name: "/js/String" }))).length, 2);

const described = await call("DescribeParameters", {
  ParameterFilters: [
    { Key: "Name", Option: "Contains", Values: ["Secure"] },
    { Key: "tag:by", Values: ["js"] },
  ],
});
assert.deepEqual(names(described.Parameters), ["/js/SecureString"]);
assert.equal(described.Parameters[0].KeyId, "alias/aws/ssm");
assert.equal(described.Parameters[0].Description, "from JavaScript");
assert.equal("Value" in described.Parameters[0], false);

// Refusals: classes for those of the model, names for the rest.

const missing = await refusal("GetParameter", { Name: "/js/none" });
assert.ok(missing instanceof sdk.ParameterNotFound);
assert.ok(missing instanceof sdk.SSMServiceException);
assert.equal(missing.$fault, "client");
assert.equal(missing.$metadata.httpStatusCode, 400);
assert.equal(missing.$metadata.attempts, 1);

const version = await refusal("GetParameter", { Name: "/js/String:9" });
assert.ok(version instanceof sdk.ParameterVersionNotFound);
assert.equal(
  version.message,
  "Systems Manager could not find version 9 of /js/String. Verify the version and try again.",
);

const exists = await refusal("PutParameter", { Name: "/js/String", Value: "v", Type: "String" });
assert.ok(exists instanceof sdk.ParameterAlreadyExists);
const pattern = await refusal("PutParameter", { Name: "/js/p", Value: "v", Type: "String", AllowedPattern: "[0-9]+" });
assert.ok(pattern instanceof sdk.ParameterPatternMismatchException);
const key = await refusal("PutParameter", { Name: "/js/k", Value: "v", Type: "SecureString", KeyId: "alias/none" });
assert.ok(key instanceof sdk.InvalidKeyId);
// The text of these two comes in `Message`; the SDK finds it as well.
const filter = await refusal("DescribeParameters", { ParameterFilters: [{ Key: "Label", Values: ["x"] }] });
assert.ok(filter instanceof sdk.InvalidFilterKey);
assert.match(filter.message, /^The following filter key is not valid: Label\./);
const token = await refusal("DescribeParameters", { NextToken: "forged" });
assert.ok(token instanceof sdk.InvalidNextToken);
assert.equal(token.message, "The following token is invalid: forged.");
// This SDK checks nothing itself, so the server's own words arrive.
const invalid = await refusal("PutParameter", { Name: "", Type: "Text" });
assert.equal(invalid.name, "ValidationException");
assert.match(invalid.message, /^3 validation errors detected: /);
assert.equal((await refusal("ListDocuments", {})).name, "UnknownOperationException");

// Labels, tags, tiers, policies, settings and sharing.

const labelled = { Name: "/js/String", ParameterVersion: 1, Labels: ["first", "9th"] };
assert.deepEqual(await call("LabelParameterVersion", labelled), { InvalidLabels: ["9th"], ParameterVersion: 1 });
assert.equal((await call("GetParameter", { Name: "/js/String:first" })).Parameter.Version, 1);
assert.deepEqual(await call("UnlabelParameterVersion", { ...labelled, Labels: ["first", "gone"] }), {
  InvalidLabels: ["gone"],
  RemovedLabels: ["first"],
});
const resource = { ResourceType: "Parameter", ResourceId: "/js/String" };
assert.deepEqual(await call("AddTagsToResource", { ...resource, Tags: [{ Key: "more", Value: "" }] }), {});
assert.deepEqual(await call("RemoveTagsFromResource", { ...resource, TagKeys: ["by"] }), {});
assert.deepEqual(await call("ListTagsForResource", resource), { TagList: [{ Key: "more", Value: "" }] });
const untagged = await refusal("ListTagsForResource", { ...resource, ResourceId: "/js/gone" });
assert.ok(untagged instanceof sdk.InvalidResourceId);

const Policies = JSON.stringify([
  { Type: "NoChangeNotification", Version: "1.0", Attributes: { After: "20", Unit: "Days" } },
]);
const advanced = { Name: "/js/advanced", Value: "v".repeat(5000), Type: "SecureString", Policies };
assert.deepEqual(await call("PutParameter", { ...advanced, Tier: "Intelligent-Tiering" }), {
  Tier: "Advanced",
  Version: 1,
});
const opened = await call("GetParameter", { Name: "/js/advanced", WithDecryption: true });
assert.equal(opened.Parameter.Value, advanced.Value);
const unknown = await refusal("PutParameter", { ...advanced, Policies: '[{"Type":"Party","Version":"1.0"}]', Overwrite: true });
assert.ok(unknown instanceof sdk.InvalidPolicyTypeException);

const SettingId = "/ssm/parameter-store/default-parameter-tier";
assert.deepEqual(await call("UpdateServiceSetting", { SettingId, SettingValue: "Advanced" }), {});
assert.equal((await call("GetServiceSetting", { SettingId })).ServiceSetting.Status, "Customized");
assert.equal((await call("ResetServiceSetting", { SettingId })).ServiceSetting.SettingValue, "Standard");
const noSetting = await refusal("GetServiceSetting", { SettingId: "/ssm/none" });
assert.ok(noSetting instanceof sdk.ServiceSettingNotFound);

const ResourceArn = `arn:aws:ssm:us-east-1:${account}:parameter/js/advanced`;
const Policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "ssm:GetParameter", Resource: ResourceArn }],
});
const shared = await call("PutResourcePolicy", { ResourceArn, Policy });
assert.deepEqual(await call("GetResourcePolicies", { ResourceArn }), { Policies: [{ Policy, ...shared }] });
const stale = await refusal("DeleteResourcePolicy", { ResourceArn, ...shared, PolicyHash: "stale" });
assert.ok(stale instanceof sdk.ResourcePolicyConflictException);
assert.deepEqual(await call("DeleteResourcePolicy", { ResourceArn, ...shared }), {});
await call("DeleteParameter", { Name: "/js/advanced" });

// Keys and clocks.

const credentials = await client.config.credentials();
const impostor = new sdk.SSMClient({ credentials: { ...credentials, secretAccessKey: "wrong" } });
const forged = await refusal("GetParameter", { Name: "/js/String" }, impostor);
assert.equal(forged.name, "InvalidSignatureException");
assert.match(forged.message, /^The request signature we calculated does not match the signature you provided\./);
const nobody = new sdk.SSMClient({ credentials: { ...credentials, accessKeyId: "AKIAIOSFODNN7EXAMPLE" } });
assert.equal((await refusal("GetParameter", { Name: "/js/String" }, nobody)).name, "UnrecognizedClientException");

// A clock an hour off: the SDK learns the time from the refusal's Date header, and its second attempt is accepted.
const now = Date.now;
for (const hours of [1, -1]) {
  Date.now = () => now() + hours * 3_600_000;
  const skewed = new sdk.SSMClient({});
  const answer = await skewed.send(new sdk.GetParameterCommand({ Name: "/js/String" }));
  Date.now = now;
  assert.equal(answer.Parameter.Version, 2);
  assert.equal(answer.$metadata.attempts, 2);
  skewed.destroy();
}

// The end of them.

assert.deepEqual(await call("DeleteParameter", { Name: "/js/String" }), {});
assert.ok((await refusal("DeleteParameter", { Name: "/js/String" })) instanceof sdk.ParameterNotFound);
assert.deepEqual(await call("DeleteParameters", { Names: ["/js/StringList", "/js/SecureString", "/js/String"] }), {
  DeletedParameters: ["/js/SecureString", "/js/StringList"],
  InvalidParameters: ["/js/String"],
});
assert.deepEqual(await call("DescribeParameters", {}), { Parameters: [] });

for (const each of [client, impostor, nobody]) each.destroy();
console.log(JSON.stringify({ operations: [...done].sort(), node: process.version }));
