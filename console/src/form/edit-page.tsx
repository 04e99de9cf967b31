import { type ParameterMetadata, PutParameterCommand } from "@aws-sdk/client-ssm";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Spinner from "@cloudscape-design/components/spinner";
import { useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { useAnswer } from "../aws/use-answer";
import { describe, readValue } from "../detail/read";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { BASE, href, parameterPath } from "../layout/links";
import { notify } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { Page } from "../layout/shell";
import { ssm } from "../session/session";
import { type Draft, faultsOf, NEW, readPolicies, toRequest } from "./draft";
import { ParameterForm } from "./parameter-form";
import { words } from "./text";

interface Existing {
  parameter: ParameterMetadata;
  /** Undefined for a SecureString: it is not fetched to be edited. */
  value?: string;
}

async function load(name: string): Promise<Existing> {
  const parameter = await describe(name);
  return { parameter, value: parameter.Type === "SecureString" ? undefined : await readValue(name) };
}

function toDraft({ parameter, value }: Existing): Draft {
  return {
    ...NEW,
    name: parameter.Name ?? "",
    description: parameter.Description ?? "",
    tier: parameter.Tier ?? "Standard",
    type: parameter.Type ?? "String",
    dataType: parameter.DataType ?? "text",
    keyId: parameter.KeyId ?? NEW.keyId,
    value: value ?? "",
    pattern: parameter.AllowedPattern ?? "",
    policies: readPolicies((parameter.Policies ?? []).map((each) => each.PolicyText)),
  };
}

function Edit({ existing }: { existing: Existing }) {
  const t = useText(words);
  const c = useText(common);
  const [, navigate] = useLocation();
  const [draft, setDraft] = useState(() => toDraft(existing));
  const [keep, setKeep] = useState(existing.value === undefined);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const faults = faultsOf(draft, t, !keep);

  async function save() {
    setTried(true);
    setError(undefined);
    if (Object.keys(faults).length) return;
    setBusy(true);
    try {
      const value = keep ? await readValue(draft.name) : draft.value;
      const { Version = 0 } = await ssm().send(new PutParameterCommand(toRequest({ ...draft, value }, true)));
      notify("success", t.updated(draft.name, Version));
      navigate(parameterPath(draft.name));
    } catch (failure) {
      setError(failure);
      setBusy(false);
      window.scrollTo({ top: 0 });
    }
  }

  return (
    <ParameterForm
      title={t.editTitle(draft.name)}
      draft={draft}
      faults={tried ? faults : {}}
      error={error}
      busy={busy}
      submitText={c.save}
      existing={{ tier: existing.parameter.Tier ?? "Standard" }}
      withValue={!keep}
      valueChoice={
        existing.value === undefined && (
          <FormField label={t.currentValue}>
            <RadioGroup
              value={keep ? "keep" : "replace"}
              items={[
                { value: "keep", label: t.keepValue, description: t.keepValueHint },
                { value: "replace", label: t.replaceValue, description: t.replaceValueHint },
              ]}
              onChange={({ detail }) => setKeep(detail.value === "keep")}
            />
          </FormField>
        )
      }
      onChange={(changes) => setDraft((before) => ({ ...before, ...changes }))}
      onCancel={() => navigate(parameterPath(draft.name))}
      onSubmit={() => void save()}
    />
  );
}

export default function EditPage() {
  const t = useText(words);
  const c = useText(common);
  const [query] = useSearchParams();
  const name = query.get("name") ?? "";
  const { data, error, loading, reload } = useAnswer(() => load(name), name);
  return (
    <Page
      title={t.editTitle(name)}
      crumbs={[
        { text: c.parameters, href: href("/parameters") },
        { text: name, href: BASE + parameterPath(name) },
      ]}
    >
      {loading ? <Spinner size="large" /> : <ProblemAlert error={error} retry={reload} />}
      {data && <Edit key={name} existing={data} />}
    </Page>
  );
}
