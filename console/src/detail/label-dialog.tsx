import { LabelParameterVersionCommand, type ParameterHistory, UnlabelParameterVersionCommand } from "@aws-sdk/client-ssm";
import Autosuggest from "@cloudscape-design/components/autosuggest";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TokenGroup from "@cloudscape-design/components/token-group";
import { useState } from "react";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { notify } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { ssm } from "../session/session";
import { words } from "./text";

interface Props {
  name: string;
  version: ParameterHistory;
  versions: readonly ParameterHistory[];
  onClose: () => void;
  onChanged: () => void;
}

/** The labels of one version: take one off, put one on, which moves it from where it was. */
export function LabelDialog({ name, version, versions, onClose, onChanged }: Props) {
  const t = useText(words);
  const c = useText(common);
  const [label, setLabel] = useState("");
  const [refused, setRefused] = useState("");
  const [error, setError] = useState<unknown>();
  const number = version.Version ?? 0;
  const here = version.Labels ?? [];
  const elsewhere = versions.flatMap((each) => (each === version ? [] : (each.Labels ?? []).map((one) => [one, each.Version ?? 0] as const)));

  async function attach() {
    const wanted = label.trim();
    if (!wanted) return;
    setError(undefined);
    setRefused("");
    try {
      const answer = await ssm().send(
        new LabelParameterVersionCommand({ Name: name, ParameterVersion: number, Labels: [wanted] }),
      );
      if (answer.InvalidLabels?.length) {
        setRefused(t.labelRefused(wanted));
        return;
      }
      setLabel("");
      notify("success", t.labelAttached(wanted, number));
      onChanged();
    } catch (failure) {
      setError(failure);
    }
  }

  async function remove(which: string) {
    setError(undefined);
    try {
      await ssm().send(new UnlabelParameterVersionCommand({ Name: name, ParameterVersion: number, Labels: [which] }));
      onChanged();
    } catch (failure) {
      setError(failure);
    }
  }

  return (
    <Modal
      visible
      header={t.labelTitle(number)}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button onClick={onClose}>{c.close}</Button>
        </Box>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void attach();
        }}
      >
        <SpaceBetween size="m">
          <Box color="text-body-secondary">{t.labelHint}</Box>
          <ProblemAlert error={error} />
          {here.length > 0 ? (
            <TokenGroup
              items={here.map((each) => ({ label: each, dismissLabel: t.labelRemove(each) }))}
              onDismiss={({ detail }) => {
                const which = here[detail.itemIndex];
                if (which) void remove(which);
              }}
            />
          ) : (
            <Box>{t.labelsNone}</Box>
          )}
          <FormField label={t.labelAdd} constraintText={t.labelRules} errorText={refused}>
            <Autosuggest
              value={label}
              ariaLabel={t.labelAdd}
              options={elsewhere.map(([value, at]) => ({ value, description: t.labelMoves(at) }))}
              enteredTextLabel={(typed) => typed}
              onChange={({ detail }) => setLabel(detail.value)}
            />
          </FormField>
          <Button formAction="submit" disabled={!label.trim()}>
            {t.labelAttach}
          </Button>
        </SpaceBetween>
      </form>
    </Modal>
  );
}
