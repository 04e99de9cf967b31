// Decides cases read from stdin, one JSON document a line, by @cloud-copilot/iam-simulate; prints one result a line.
import { createInterface } from "node:readline";
import { loadPolicy } from "@cloud-copilot/iam-policy";
// The package's own entry for prepared requests leaves session policies out, so its engine is called as it calls it.
const engine = new URL("./node_modules/@cloud-copilot/iam-simulate/dist/esm/", import.meta.url);
const { authorize } = await import(new URL("core_engine/CoreSimulatorEngine.js", engine));
const { DiscoveryContextKeyConstraints } = await import(new URL("context_keys/discoveryContextKeyConstraints.js", engine));
const { AwsRequestImpl } = await import(new URL("request/request.js", engine));
const { RequestContextImpl } = await import(new URL("requestContext.js", engine));

const load = (policies) => policies?.map((policy, number) => loadPolicy(policy, { name: `p${number}` }));

for await (const line of createInterface({ input: process.stdin })) {
  const given = JSON.parse(line);
  const context = new RequestContextImpl(given.keys);
  const resource = { resource: given.resource, accountId: given.account };
  const analysis = authorize({
    request: new AwsRequestImpl(given.principal, resource, given.action, context),
    sessionPolicy: load(given.session)?.[0],
    identityPolicies: load(given.identity),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: load(given.attached)?.[0],
    permissionBoundaries: load(given.boundary),
    vpcEndpointPolicies: undefined,
    simulationParameters: {
      simulationMode: "Strict",
      discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]),
    },
    serviceSettings: {},
  });
  console.log(analysis.result);
}
