import Autosuggest from "@cloudscape-design/components/autosuggest";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "../i18n/text";
import { ATTRIBUTES, type Filter, fromField, RANGES, toField } from "./records";
import { words } from "./text";

function Moment({ label, value, onChange }: { label: string; value: string; onChange: (iso: string) => void }) {
  return (
    <FormField label={label}>
      <input
        className="moment"
        type="datetime-local"
        aria-label={label}
        defaultValue={toField(value)}
        onChange={(event) => onChange(fromField(event.target.value))}
      />
    </FormField>
  );
}

/** One attribute, as AWS allows, and a time range. */
export function FilterForm({ filter, onSearch }: { filter: Filter; onSearch: (filter: Filter) => void }) {
  const t = useText(words);
  const [draft, setDraft] = useState(filter);
  const change = (changes: Partial<Filter>) => setDraft((before) => ({ ...before, ...changes }));
  const attribute = (value: Filter["by"]) => ({ value, label: value ? t.attributes[value] : t.anything });
  const range = (value: string) => ({ value, label: t.ranges[value as keyof typeof t.ranges] });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(draft);
      }}
    >
      <SpaceBetween direction="horizontal" size="s" alignItems="end">
        <FormField label={t.attribute}>
          <Select
            selectedOption={attribute(draft.by)}
            options={(["", ...Object.keys(ATTRIBUTES)] as Filter["by"][]).map(attribute)}
            onChange={({ detail }) => change({ by: detail.selectedOption.value as Filter["by"], is: "" })}
          />
        </FormField>
        {draft.by && (
          <FormField label={t.is}>
            <Autosuggest
              value={draft.is}
              options={ATTRIBUTES[draft.by].map((value) => ({ value }))}
              placeholder={t.examples[draft.by]}
              enteredTextLabel={t.entered}
              onChange={({ detail }) => change({ is: detail.value })}
            />
          </FormField>
        )}
        <FormField label={t.range}>
          <Select
            selectedOption={range(draft.range)}
            options={[...Object.keys(RANGES), "all", "between"].map(range)}
            onChange={({ detail }) => change({ range: detail.selectedOption.value ?? draft.range })}
          />
        </FormField>
        {draft.range === "between" && <Moment label={t.from} value={draft.from} onChange={(from) => change({ from })} />}
        {draft.range === "between" && <Moment label={t.to} value={draft.to} onChange={(to) => change({ to })} />}
        <Button formAction="submit">{t.search}</Button>
      </SpaceBetween>
    </form>
  );
}
