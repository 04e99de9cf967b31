import {
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListPolicyVersionsCommand,
  type Policy,
} from "@aws-sdk/client-iam";
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useLocation, useSearchParams } from "wouter";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { formatTime, useText } from "../i18n/text";
import { href } from "../layout/links";
import { notify, notifyProblem } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { Page } from "../layout/shell";
import { DeleteButton } from "./delete-button";
import { DocumentEditor } from "./document-editor";
import { iam, readDocument } from "./iam";
import { words } from "./text";

const MOST_VERSIONS = 5;

async function load(PolicyArn: string): Promise<{ policy?: Policy; document: string }> {
  const { Policy: policy } = await iam().send(new GetPolicyCommand({ PolicyArn }));
  const version = { PolicyArn, VersionId: policy?.DefaultVersionId };
  const { PolicyVersion } = await iam().send(new GetPolicyVersionCommand(version));
  return { policy, document: readDocument(PolicyVersion?.Document) };
}

async function otherVersions(PolicyArn: string): Promise<string[]> {
  const { Versions = [] } = await iam().send(new ListPolicyVersionsCommand({ PolicyArn }));
  return Versions.flatMap(({ VersionId, IsDefaultVersion }) => (VersionId && !IsDefaultVersion ? [VersionId] : []));
}

/** The oldest version makes room where IAM keeps no more. */
async function saveVersion(PolicyArn: string, PolicyDocument: string): Promise<void> {
  const others = await otherVersions(PolicyArn);
  const oldest = others.at(-1);
  if (others.length + 1 >= MOST_VERSIONS && oldest) {
    await iam().send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: oldest }));
  }
  await iam().send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
}

async function remove(PolicyArn: string): Promise<void> {
  for (const VersionId of await otherVersions(PolicyArn)) {
    await iam().send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
  }
  await iam().send(new DeletePolicyCommand({ PolicyArn }));
}

export default function PolicyPage() {
  const t = useText(words);
  const c = useText(common);
  const [, navigate] = useLocation();
  const [query] = useSearchParams();
  const arn = query.get("arn") ?? "";
  const name = arn.split("/").at(-1) ?? "";
  const builtIn = arn.includes(":aws:policy/");
  const { data, error, loading, reload } = useAnswer(() => load(arn), arn);

  async function save(document: string) {
    try {
      await saveVersion(arn, document);
      notify("success", t.newVersion);
      reload();
    } catch (failure) {
      notifyProblem(failure);
    }
  }

  return (
    <Page title={name} crumbs={[{ text: t.policies, href: href("/policies") }]}>
      <SpaceBetween size="l">
        <Header
          variant="h1"
          actions={
            data &&
            !builtIn && <DeleteButton name={name} onDelete={() => remove(arn)} onDone={() => navigate("/policies")} />
          }
        >
          {name}
        </Header>
        <ProblemAlert error={error} retry={reload} />
        {loading && !data && <Spinner size="large" />}
        {data && (
          <Container>
            <SpaceBetween size="l">
              {builtIn && <Alert type="info">{t.readOnly}</Alert>}
              <KeyValuePairs
                columns={3}
                items={[
                  { label: t.arn, value: arn },
                  { label: t.version, value: data.policy?.DefaultVersionId },
                  { label: t.attachments, value: data.policy?.AttachmentCount },
                  { label: c.description, value: data.policy?.Description || "–" },
                  { label: t.created, value: formatTime(data.policy?.CreateDate) },
                ]}
              />
              <DocumentEditor value={data.document} label={t.document} onSave={builtIn ? undefined : save} />
            </SpaceBetween>
          </Container>
        )}
      </SpaceBetween>
    </Page>
  );
}
