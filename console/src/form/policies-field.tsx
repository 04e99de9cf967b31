import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "../i18n/text";
import type { Policies } from "./draft";
import { words } from "./text";

type Unit = Policies["beforeUnit"];

function Span(props: { label: string; amount: string; unit: Unit; onChange: (amount: string, unit: Unit) => void }) {
  const t = useText(words);
  const { label, amount, unit, onChange } = props;
  const option = (value: Unit) => ({ value, label: t[value] });
  return (
    <FormField label={label} stretch>
      <Grid gridDefinition={[{ colspan: 6 }, { colspan: 6 }]}>
        <Input
          type="number"
          inputMode="numeric"
          value={amount}
          ariaLabel={label}
          onChange={({ detail }) => onChange(detail.value, unit)}
        />
        <Select
          ariaLabel={`${label}: ${t.unit}`}
          selectedOption={option(unit)}
          options={[option("Days"), option("Hours")]}
          onChange={({ detail }) => onChange(amount, detail.selectedOption.value as Unit)}
        />
      </Grid>
    </FormField>
  );
}

/** Expiration and the two notices, as AWS's form has them. */
export function PoliciesField({ policies, onChange }: { policies: Policies; onChange: (to: Policies) => void }) {
  const t = useText(words);
  return (
    <SpaceBetween size="m">
      <FormField label={t.policyExpiration} description={t.policyExpirationHint}>
        <input
          className="moment"
          type="datetime-local"
          aria-label={t.policyExpiration}
          value={policies.expiration}
          onChange={(event) => onChange({ ...policies, expiration: event.target.value })}
        />
      </FormField>
      <Span
        label={t.policyBefore}
        amount={policies.notifyBefore}
        unit={policies.beforeUnit}
        onChange={(notifyBefore, beforeUnit) => onChange({ ...policies, notifyBefore, beforeUnit })}
      />
      <Span
        label={t.policyUnchanged}
        amount={policies.notifyUnchanged}
        unit={policies.unchangedUnit}
        onChange={(notifyUnchanged, unchangedUnit) => onChange({ ...policies, notifyUnchanged, unchangedUnit })}
      />
    </SpaceBetween>
  );
}
