import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Input from "@cloudscape-design/components/input";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { words } from "./text";

export type TagRow = { key: string; value: string };

export function TagsField({ tags, onChange }: { tags: TagRow[]; onChange: (tags: TagRow[]) => void }) {
  const t = useText(words);
  const c = useText(common);
  const change = (index: number, change: Partial<TagRow>) =>
    onChange(tags.map((tag, at) => (at === index ? { ...tag, ...change } : tag)));
  return (
    <AttributeEditor<TagRow>
      items={tags}
      empty={t.tagsNone}
      addButtonText={t.tagAdd}
      removeButtonText={c.remove}
      removeButtonAriaLabel={(tag) => t.tagRemove(tag.key)}
      disableAddButton={tags.length >= 50}
      onAddButtonClick={() => onChange([...tags, { key: "", value: "" }])}
      onRemoveButtonClick={({ detail }) => onChange(tags.filter((_, index) => index !== detail.itemIndex))}
      definition={[
        {
          label: t.key,
          control: (tag, index) => (
            <Input value={tag.key} onChange={({ detail }) => change(index, { key: detail.value })} />
          ),
        },
        {
          label: c.value,
          control: (tag, index) => (
            <Input value={tag.value} onChange={({ detail }) => change(index, { value: detail.value })} />
          ),
        },
      ]}
    />
  );
}
