// Clients built on the SDK, as an application uses them. The account is made by tests/clients/conftest.py.
import assert from "node:assert/strict";
import { getParameter, getParameters, getParametersByName, setParameter } from "@aws-lambda-powertools/parameters/ssm";
import middy from "@middy/core";
import ssm, { ssmParam } from "@middy/ssm";

const handler = middy((event, context) => ({ host: context.host, secret: context.secret, all: context.all })).use(
  ssm({
    setToContext: true,
    fetchData: { host: ssmParam("/c/host"), secret: ssmParam("/c/deep/secret"), all: ssmParam("/c/") },
  }),
);
const context = { getRemainingTimeInMillis: () => 10_000 };
const seen = await handler({}, context);
assert.equal(seen.host, "h");
assert.equal(seen.secret, "hush");
assert.deepEqual({ ...seen.all }, { host: "h", names: ["a", "b"], json: { a: 1 }, deep_secret: "hush" });
console.log("middy");

assert.equal(await getParameter("/c/host"), "h");
assert.equal(await getParameter("/c/deep/secret", { decrypt: true }), "hush");
assert.deepEqual(await getParameter("/c/json", { transform: "json" }), { a: 1 });
assert.deepEqual(await getParameters("/c", { recursive: true, decrypt: true }), {
  host: "h",
  names: "a,b",
  json: '{"a": 1}',
  "deep/secret": "hush",
});
const many = await getParametersByName({ "/c/host": {}, "/c/none": {} }, { throwOnError: false });
assert.deepEqual(many, { "/c/host": "h", _errors: ["/c/none"] });
assert.equal(await setParameter("/c/host", { value: "h3", overwrite: true }), 3);
assert.equal(await getParameter("/c/host", { forceFetch: true }), "h3");
await assert.rejects(getParameter("/c/none"), /ParameterNotFound|UnknownError/);
console.log("powertools");
