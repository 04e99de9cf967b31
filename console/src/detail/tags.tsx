import {
  AddTagsToResourceCommand,
  ListTagsForResourceCommand,
  RemoveTagsFromResourceCommand,
} from "@aws-sdk/client-ssm";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useState } from "react";
import { useAnswer } from "../aws/use-answer";
import { faultsOf, NEW, toTags } from "../form/draft";
import { TagsField, type TagRow } from "../form/tags-field";
import { words as formWords } from "../form/text";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { notify } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { ssm } from "../session/session";
import { words } from "./text";

async function load(name: string): Promise<TagRow[]> {
  const { TagList = [] } = await ssm().send(
    new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: name }),
  );
  return TagList.map(({ Key = "", Value = "" }) => ({ key: Key, value: Value }));
}

/** Take off what is gone, put on what is new or has another value. */
async function save(name: string, before: TagRow[], after: TagRow[]): Promise<void> {
  const resource = { ResourceType: "Parameter", ResourceId: name } as const;
  const gone = before.filter((tag) => !after.some((other) => other.key === tag.key)).map((tag) => tag.key);
  const changed = after.filter((tag) => !before.some((other) => other.key === tag.key && other.value === tag.value));
  if (gone.length) await ssm().send(new RemoveTagsFromResourceCommand({ ...resource, TagKeys: gone }));
  if (changed.length) await ssm().send(new AddTagsToResourceCommand({ ...resource, Tags: toTags(changed) }));
}

export function Tags({ name }: { name: string }) {
  const t = useText(words);
  const c = useText(common);
  const f = useText(formWords);
  const { data, error, loading, reload } = useAnswer(() => load(name), name);
  const [tags, setTags] = useState<TagRow[]>([]);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => setTags(data ?? []), [data]);
  const fault = faultsOf({ ...NEW, tags }, f, false).tags;
  const unchanged = JSON.stringify(tags) === JSON.stringify(data ?? []);

  async function submit() {
    setBusy(true);
    setFailure(undefined);
    try {
      await save(name, data ?? [], tags);
      notify("success", t.tagsSaved);
      reload();
    } catch (refused) {
      setFailure(refused);
    }
    setBusy(false);
  }

  return (
    <Container
      header={
        <Header variant="h2" description={f.tagsHint}>
          {t.tags}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <ProblemAlert error={error ?? failure} retry={error === undefined ? undefined : reload} />
        {loading && !data ? (
          <Box>{c.loading}…</Box>
        ) : (
          error === undefined && (
            <SpaceBetween size="m">
              <FormField errorText={unchanged ? undefined : fault} stretch>
                <TagsField tags={tags} onChange={setTags} />
              </FormField>
              <Button variant="primary" disabled={unchanged || !!fault} loading={busy} onClick={() => void submit()}>
                {c.save}
              </Button>
            </SpaceBetween>
          )
        )}
      </SpaceBetween>
    </Container>
  );
}
