import {
  GetServiceSettingCommand,
  ResetServiceSettingCommand,
  type ServiceSetting,
  UpdateServiceSettingCommand,
} from "@aws-sdk/client-ssm";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { notify } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { ssm } from "../session/session";
import { words } from "./text";

interface Choice {
  id: string;
  label: string;
  hint: string;
  options: { value: string; label: string }[];
}

function Setting({ id, label, hint, options }: Choice) {
  const t = useText(words);
  const c = useText(common);
  const { data, error, loading, reload } = useAnswer(async () => {
    const { ServiceSetting } = await ssm().send(new GetServiceSettingCommand({ SettingId: id }));
    return ServiceSetting as ServiceSetting;
  }, id);
  const [failure, setFailure] = useState<unknown>();
  const value = data?.SettingValue;

  async function change(send: () => Promise<unknown>) {
    setFailure(undefined);
    try {
      await send();
      notify("success", t.changed);
      reload();
    } catch (refused) {
      setFailure(refused);
    }
  }

  return (
    <SpaceBetween size="xs">
      <FormField
        label={label}
        description={hint}
        constraintText={data?.LastModifiedUser ? t.setBy(data.LastModifiedUser) : undefined}
      >
        <Select
          statusType={loading ? "loading" : "finished"}
          loadingText={c.loading}
          disabled={value === undefined}
          selectedOption={options.find((option) => option.value === value) ?? null}
          options={options}
          onChange={({ detail }) =>
            void change(() =>
              ssm().send(
                new UpdateServiceSettingCommand({ SettingId: id, SettingValue: detail.selectedOption.value ?? "" }),
              ),
            )
          }
        />
      </FormField>
      {data?.Status === "Customized" && (
        <Button onClick={() => void change(() => ssm().send(new ResetServiceSettingCommand({ SettingId: id })))}>
          {t.reset}
        </Button>
      )}
      <ProblemAlert error={error ?? failure} />
    </SpaceBetween>
  );
}

/** AWS's settings of Parameter Store for the account in this Region. */
export function ServiceSettings() {
  const t = useText(words);
  const same = (value: string) => ({ value, label: value });
  return (
    <Container
      header={
        <Header variant="h2" description={t.accountHint}>
          {t.account}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Setting
          id="/ssm/parameter-store/default-parameter-tier"
          label={t.defaultTier}
          hint={t.defaultTierHint}
          options={["Standard", "Advanced", "Intelligent-Tiering"].map(same)}
        />
        <Setting
          id="/ssm/parameter-store/high-throughput-enabled"
          label={t.throughput}
          hint={t.throughputHint}
          options={[
            { value: "true", label: t.on },
            { value: "false", label: t.off },
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}
