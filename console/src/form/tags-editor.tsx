import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useState } from "react";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { notify } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { faultsOf, NEW } from "./draft";
import { TagsField, type TagRow } from "./tags-field";
import { words } from "./text";

interface Props {
  /** What has the tags. */
  of: string;
  load: () => Promise<TagRow[]>;
  remove: (keys: string[]) => Promise<unknown>;
  put: (tags: TagRow[]) => Promise<unknown>;
}

/** The tags of what is there already: take off what is gone, put on what is new or has another value. */
export function TagsEditor({ of, load, remove, put }: Props) {
  const t = useText(words);
  const c = useText(common);
  const { data, error, loading, reload } = useAnswer(load, of);
  const [tags, setTags] = useState<TagRow[]>([]);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => setTags(data ?? []), [data]);
  const fault = faultsOf({ ...NEW, tags }, t, false).tags;
  const unchanged = JSON.stringify(tags) === JSON.stringify(data ?? []);

  async function submit(before: TagRow[]) {
    setBusy(true);
    setFailure(undefined);
    const gone = before.filter((tag) => !tags.some((other) => other.key === tag.key)).map((tag) => tag.key);
    const changed = tags.filter((tag) => !before.some((other) => other.key === tag.key && other.value === tag.value));
    try {
      if (gone.length) await remove(gone);
      if (changed.length) await put(changed);
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
        <Header variant="h2" description={t.tagsHint}>
          {c.tags}
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
              <Button
                variant="primary"
                disabled={unchanged || !!fault}
                loading={busy}
                onClick={() => void submit(data ?? [])}
              >
                {c.save}
              </Button>
            </SpaceBetween>
          )
        )}
      </SpaceBetween>
    </Container>
  );
}
