import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useDeferredValue } from "react";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { ProblemAlert } from "../layout/problem-alert";
import type { Draft, Faults, ParameterType, Tier } from "./draft";
import { KeyField } from "./key-field";
import { PoliciesField } from "./policies-field";
import { SnippetTabs } from "./snippet-tabs";
import { writing } from "./snippets";
import { TagsField } from "./tags-field";
import { words } from "./text";
import { ValueField } from "./value-field";

const TYPES: ParameterType[] = ["String", "StringList", "SecureString"];
const TIERS: Tier[] = ["Standard", "Advanced", "Intelligent-Tiering"];

interface Props {
  title: string;
  draft: Draft;
  faults: Faults;
  error: unknown;
  busy: boolean;
  submitText: string;
  /** Of a parameter there is: its name and type stay, and a tier does not go back. */
  existing?: { tier: Tier };
  /** What stands before the value, say whether to change it at all. */
  valueChoice?: ReactNode;
  withValue?: boolean;
  footer?: ReactNode;
  onChange: (changes: Partial<Draft>) => void;
  onCancel: () => void;
  onSubmit: () => void;
}

/** AWS's form, for a new parameter and for another version of one. */
export function ParameterForm(props: Props) {
  const { title, draft, faults, error, busy, existing, withValue = true, onChange } = props;
  const t = useText(words);
  const c = useText(common);
  const snippets = writing(useDeferredValue(draft), existing !== undefined);
  const optional = (label: string) => (
    <>
      {label} <i>– {t.optional}</i>
    </>
  );
  const dataType = (value: string) => ({ value, label: t.dataTypes[value as "text"] ?? value, description: value });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        props.onSubmit();
      }}
    >
      <Form
        header={<Header variant="h1">{title}</Header>}
        secondaryActions={props.footer}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" onClick={props.onCancel}>
              {c.cancel}
            </Button>
            <Button variant="primary" loading={busy} formAction="submit">
              {props.submitText}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <ProblemAlert error={error} />
          {Object.keys(faults).length > 0 && <Alert type="error">{t.toFix}</Alert>}
          <Container header={<Header variant="h2">{t.details}</Header>}>
            <SpaceBetween size="l">
              {!existing && (
                <FormField label={c.name} description={t.nameHint} constraintText={t.nameConstraint} errorText={faults.name}>
                  <Input
                    value={draft.name}
                    autoFocus
                    spellcheck={false}
                    autoComplete={false}
                    placeholder="/myapp/prod/db/password"
                    onChange={({ detail }) => onChange({ name: detail.value })}
                  />
                </FormField>
              )}
              <FormField label={optional(c.description)} description={t.descriptionHint} errorText={faults.description}>
                <Input value={draft.description} onChange={({ detail }) => onChange({ description: detail.value })} />
              </FormField>
              <FormField label={c.tier}>
                <RadioGroup
                  value={draft.tier}
                  items={TIERS.map((value) => ({
                    value,
                    label: value,
                    description: t.tiers[value],
                    disabled: existing?.tier === "Advanced" && value === "Standard",
                  }))}
                  onChange={({ detail }) => onChange({ tier: detail.value as Tier })}
                />
              </FormField>
              {!existing && (
                <FormField label={c.type}>
                  <RadioGroup
                    value={draft.type}
                    items={TYPES.map((value) => ({ value, label: value, description: t.types[value] }))}
                    onChange={({ detail }) => onChange({ type: detail.value as ParameterType })}
                  />
                </FormField>
              )}
              {draft.type === "String" && (
                <FormField label={c.dataType}>
                  <Select
                    selectedOption={dataType(draft.dataType)}
                    options={Object.keys(t.dataTypes).map(dataType)}
                    onChange={({ detail }) => onChange({ dataType: detail.selectedOption.value ?? "text" })}
                  />
                </FormField>
              )}
              {draft.type === "SecureString" && (
                <KeyField keyId={draft.keyId} onChange={(keyId) => onChange({ keyId })} />
              )}
              {props.valueChoice}
              {withValue && <ValueField draft={draft} fault={faults.value} onChange={onChange} />}
              <FormField label={optional(c.pattern)} description={t.patternHint} errorText={faults.pattern}>
                <Input
                  value={draft.pattern}
                  spellcheck={false}
                  onChange={({ detail }) => onChange({ pattern: detail.value })}
                />
              </FormField>
            </SpaceBetween>
          </Container>
          {draft.tier !== "Standard" && (
            <Container
              header={
                <Header variant="h2" description={t.policiesHint}>
                  {c.policies}
                </Header>
              }
            >
              <FormField errorText={faults.policies} stretch>
                <PoliciesField policies={draft.policies} onChange={(policies) => onChange({ policies })} />
              </FormField>
            </Container>
          )}
          {!existing && (
            <Container
              header={
                <Header variant="h2" description={t.tagsHint}>
                  {c.tags}
                </Header>
              }
            >
              <FormField errorText={faults.tags} stretch>
                <TagsField tags={draft.tags} onChange={(tags) => onChange({ tags })} />
              </FormField>
            </Container>
          )}
          <ExpandableSection variant="container" headerText={t.equivalent} headerDescription={t.equivalentHint}>
            <SnippetTabs snippets={snippets} />
          </ExpandableSection>
        </SpaceBetween>
      </Form>
    </form>
  );
}
