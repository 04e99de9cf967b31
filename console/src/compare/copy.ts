/** What copying parameters asks of the server. */
import {
  AddTagsToResourceCommand,
  type ParameterMetadata,
  PutParameterCommand,
  paginateDescribeParameters,
  type Tag,
} from "@aws-sdk/client-ssm";
import { readTags, readValue } from "../detail/read";
import { ssm } from "../session/session";
import type { Review } from "./review";

/** How many values a filter takes. */
const NAMES = 50;
/** Tags are asked for one by one; a browser keeps no more connections to a server anyway. */
const AT_ONCE = 6;

type Progress = (done: number, all: number) => void;

/** The settings of those that are there, by name. */
export async function settingsOf(names: readonly string[], progress: Progress): Promise<Map<string, ParameterMetadata>> {
  const found = new Map<string, ParameterMetadata>();
  for (let start = 0; start < names.length; start += NAMES) {
    progress(start, names.length);
    const ParameterFilters = [{ Key: "Name", Option: "Equals", Values: names.slice(start, start + NAMES) }];
    for await (const page of paginateDescribeParameters({ client: ssm(), pageSize: NAMES }, { ParameterFilters })) {
      for (const each of page.Parameters ?? []) found.set(each.Name ?? "", each);
    }
  }
  return found;
}

/** The tags of parameters that are there, by name. */
export async function tagsOf(names: readonly string[], progress: Progress): Promise<Map<string, Tag[]>> {
  const found = new Map<string, Tag[]>();
  for (let start = 0; start < names.length; start += AT_ONCE) {
    progress(start, names.length);
    await Promise.all(
      names.slice(start, start + AT_ONCE).map(async (name) => found.set(name, await readTags(name))),
    );
  }
  return found;
}

/** Write the version that was reviewed, whatever is newer. The value is read for it only now. */
export async function write({ is, put }: Review): Promise<void> {
  if (put) await ssm().send(new PutParameterCommand({ ...put, Value: await readValue(is?.Name ?? "", is?.Version) }));
}

export async function tag({ name, tags }: Review): Promise<void> {
  if (tags.length) {
    await ssm().send(new AddTagsToResourceCommand({ ResourceType: "Parameter", ResourceId: name, Tags: tags }));
  }
}
