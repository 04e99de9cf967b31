import type { ParameterMetadata } from "@aws-sdk/client-ssm";
import Container from "@cloudscape-design/components/container";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { common } from "../i18n/common";
import { formatTime, useText } from "../i18n/text";
import { sayPolicy } from "./settings";
import { words } from "./text";
import { PlainValue, SecretValue } from "./value";

export function Overview({ name, parameter }: { name: string; parameter: ParameterMetadata }) {
  const t = useText(words);
  const c = useText(common);
  const copied = { copySuccessText: c.copied, copyErrorText: c.copyFailed };
  const policies = (parameter.Policies ?? []).map((each) => `${sayPolicy(each)} (${each.PolicyStatus ?? ""})`);
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{c.value}</Header>}>
        {parameter.Type === "SecureString" ? (
          <SecretValue name={name} />
        ) : (
          <PlainValue name={name} version={parameter.Version ?? 0} />
        )}
      </Container>
      <Container header={<Header variant="h2">{t.overview}</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            {
              label: c.name,
              value: (
                <CopyToClipboard
                  variant="inline"
                  copyButtonAriaLabel={t.copyName}
                  textToCopy={parameter.Name ?? ""}
                  {...copied}
                />
              ),
            },
            { label: c.type, value: parameter.Type },
            { label: c.tier, value: parameter.Tier },
            { label: c.version, value: parameter.Version },
            { label: c.modified, value: formatTime(parameter.LastModifiedDate) },
            { label: c.dataType, value: parameter.DataType },
            { label: c.description, value: parameter.Description || "–" },
            { label: c.keyId, value: parameter.KeyId ?? "–" },
            { label: c.pattern, value: parameter.AllowedPattern || "–" },
            {
              label: t.arn,
              value: (
                <CopyToClipboard
                  variant="inline"
                  copyButtonAriaLabel={t.copyArn}
                  textToCopy={parameter.ARN ?? ""}
                  {...copied}
                />
              ),
            },
            { label: c.modifiedBy, value: parameter.LastModifiedUser ?? "–" },
            {
              label: c.policies,
              value: policies.length
                ? policies.map((each) => <div key={each}>{each}</div>)
                : "–",
            },
          ]}
        />
      </Container>
    </SpaceBetween>
  );
}
