/** What the pages of one parameter ask the server. */
import {
  DescribeParametersCommand,
  GetParameterCommand,
  ListTagsForResourceCommand,
  type ParameterHistory,
  type ParameterMetadata,
  ParameterNotFound,
  paginateGetParameterHistory,
  type Tag,
} from "@aws-sdk/client-ssm";
import { ssm } from "../session/session";

/** Everything but the value. Of another account's parameter, asked for by its ARN, too. */
export async function describe(name: string): Promise<ParameterMetadata> {
  const { Parameters } = await ssm().send(
    new DescribeParametersCommand({
      ParameterFilters: [{ Key: "Name", Option: "Equals", Values: [name] }],
      Shared: name.startsWith("arn:") || undefined,
    }),
  );
  const [found] = Parameters ?? [];
  // Describing what is not there is an empty list; the pages want to hear what reading it would say.
  if (!found) throw new ParameterNotFound({ message: "", $metadata: { httpStatusCode: 400 } });
  return found;
}

/** The value, in clear. Only where somebody asked to see it, or to write it again. */
export async function readValue(name: string, selector?: string | number): Promise<string> {
  const { Parameter } = await ssm().send(
    new GetParameterCommand({ Name: selector === undefined ? name : `${name}:${selector}`, WithDecryption: true }),
  );
  return Parameter?.Value ?? "";
}

/** Kept versions, newest first. Values of SecureString are ciphertext and left out. */
export async function history(name: string): Promise<ParameterHistory[]> {
  const versions: ParameterHistory[] = [];
  for await (const page of paginateGetParameterHistory({ client: ssm() }, { Name: name })) {
    versions.push(...(page.Parameters ?? []));
  }
  return versions
    .map((each) => (each.Type === "SecureString" ? { ...each, Value: undefined } : each))
    .sort((one, other) => (other.Version ?? 0) - (one.Version ?? 0));
}

export async function readTags(name: string): Promise<Tag[]> {
  const { TagList } = await ssm().send(new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: name }));
  return TagList ?? [];
}
