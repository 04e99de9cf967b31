import { AddTagsToResourceCommand, RemoveTagsFromResourceCommand } from "@aws-sdk/client-ssm";
import { toTags } from "../form/draft";
import { TagsEditor } from "../form/tags-editor";
import type { TagRow } from "../form/tags-field";
import { ssm } from "../session/session";
import { readTags } from "./read";

async function load(name: string): Promise<TagRow[]> {
  return (await readTags(name)).map(({ Key = "", Value = "" }) => ({ key: Key, value: Value }));
}

export function Tags({ name }: { name: string }) {
  const resource = { ResourceType: "Parameter", ResourceId: name } as const;
  return (
    <TagsEditor
      of={name}
      load={() => load(name)}
      remove={(keys) => ssm().send(new RemoveTagsFromResourceCommand({ ...resource, TagKeys: keys }))}
      put={(tags) => ssm().send(new AddTagsToResourceCommand({ ...resource, Tags: toTags(tags) }))}
    />
  );
}
