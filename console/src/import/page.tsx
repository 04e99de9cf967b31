import { GetParametersCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FileDropzone from "@cloudscape-design/components/file-dropzone";
import FileInput from "@cloudscape-design/components/file-input";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import Textarea from "@cloudscape-design/components/textarea";
import { useDeferredValue, useMemo, useState } from "react";
import { problem } from "../aws/problem";
import { useAnswer } from "../aws/use-answer";
import type { ParameterType } from "../form/draft";
import { looksSecret } from "../form/value-checks";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { href } from "../layout/links";
import { notify } from "../layout/notices";
import { Page } from "../layout/shell";
import { ssm } from "../session/session";
import { type Entry, parseDotenv } from "./dotenv";
import { words } from "./text";

interface Row extends Entry {
  name: string;
  type: ParameterType;
}

/** Which of the names there are. */
async function existing(names: readonly string[]): Promise<Set<string>> {
  const there = new Set<string>();
  for (let start = 0; start < names.length; start += 10) {
    const { Parameters = [] } = await ssm().send(new GetParametersCommand({ Names: names.slice(start, start + 10) }));
    for (const { Name } of Parameters) if (Name) there.add(Name);
  }
  return there;
}

export default function ImportPage() {
  const t = useText(words);
  const c = useText(common);
  const [source, setSource] = useState("");
  const [path, setPath] = useState("/myapp/dev");
  const [types, setTypes] = useState<Record<string, ParameterType>>({});
  const [left, setLeft] = useState<readonly string[]>([]);
  const [overwrite, setOverwrite] = useState(false);
  const [done, setDone] = useState<number>();
  const [results, setResults] = useState<Record<string, string>>({});

  const { entries, unread } = useMemo(() => parseDotenv(source), [source]);
  const prefix = path.trim().replace(/\/+$/, "");
  const badPath = prefix !== "" && !prefix.startsWith("/");
  const rows: Row[] = entries.map((entry) => ({
    ...entry,
    name: `${prefix}/${entry.key}`,
    type: types[entry.key] ?? (looksSecret(entry.key, entry.value) ? "SecureString" : "String"),
  }));
  const names = useDeferredValue(badPath ? "" : rows.map((row) => row.name).join("\n"));
  const { data: there, reload } = useAnswer(() => existing(names ? names.split("\n") : []), names);
  const writable = (row: Row) => row.value !== "" && (overwrite || !there?.has(row.name)) && results[row.name] !== "";
  const chosen = rows.filter((row) => writable(row) && !left.includes(row.key));

  async function run() {
    let written = 0;
    const said: Record<string, string> = {};
    for (const [index, { name, value, type }] of chosen.entries()) {
      setDone(index);
      try {
        await ssm().send(new PutParameterCommand({ Name: name, Value: value, Type: type, Overwrite: overwrite || undefined }));
        said[name] = "";
        written += 1;
      } catch (error) {
        const { title, detail } = problem(error);
        said[name] = detail || title;
      }
      setResults((before) => ({ ...before, ...said }));
    }
    setDone(undefined);
    if (written) notify("success", t.done(written));
    if (written < chosen.length) notify("error", t.someFailed(chosen.length - written));
    reload();
  }

  function state(row: Row) {
    const said = results[row.name];
    if (said === "") return <StatusIndicator type="success">{t.written}</StatusIndicator>;
    if (said) return <StatusIndicator type="error">{`${t.failed}: ${said}`}</StatusIndicator>;
    if (row.value === "") return <StatusIndicator type="warning">{t.emptyValue}</StatusIndicator>;
    if (there?.has(row.name)) return <StatusIndicator type={overwrite ? "info" : "stopped"}>{t.exists}</StatusIndicator>;
    return <StatusIndicator type="pending">{t.fresh}</StatusIndicator>;
  }

  async function read(files: File[]) {
    const [file] = files;
    if (file) setSource(await file.text());
  }

  return (
    <Page title={t.title} crumbs={[{ text: c.parameters, href: href("/parameters") }]}>
      <SpaceBetween size="l">
        <Header variant="h1" description={t.lead}>
          {t.title}
        </Header>
        <Container header={<Header variant="h2">{t.source}</Header>}>
          <SpaceBetween size="m">
            <FileDropzone onChange={({ detail }) => void read(detail.value)}>
              <SpaceBetween size="xs" alignItems="center">
                <FileInput value={[]} onChange={({ detail }) => void read(detail.value)}>
                  {t.file}
                </FileInput>
                <span>{t.drop}</span>
              </SpaceBetween>
            </FileDropzone>
            <FormField label={t.paste} stretch>
              <div className="masked">
                <Textarea
                  value={source}
                  rows={4}
                  spellcheck={false}
                  autoComplete={false}
                  onChange={({ detail }) => setSource(detail.value)}
                />
              </div>
            </FormField>
            <FormField label={t.path} description={t.pathHint} errorText={badPath && t.pathBad}>
              <Input value={path} spellcheck={false} onChange={({ detail }) => setPath(detail.value)} />
            </FormField>
            {unread.length > 0 && <Alert type="warning">{t.unread(unread.join(", "))}</Alert>}
          </SpaceBetween>
        </Container>
        <Table<Row>
          items={rows}
          trackBy="key"
          selectionType="multi"
          selectedItems={chosen}
          isItemDisabled={(row) => !writable(row)}
          onSelectionChange={({ detail }) => {
            const taken = new Set(detail.selectedItems.map((row) => row.key));
            setLeft(rows.filter((row) => writable(row) && !taken.has(row.key)).map((row) => row.key));
          }}
          ariaLabels={{
            tableLabel: t.review,
            selectionGroupLabel: t.selection,
            allItemsSelectionLabel: () => t.selection,
            itemSelectionLabel: (_, row) => t.select(row.key),
          }}
          header={
            <Header
              variant="h2"
              counter={`(${chosen.length}/${rows.length})`}
              description={t.reviewHint}
              actions={
                <Button
                  variant="primary"
                  disabled={!chosen.length || badPath}
                  loading={done !== undefined}
                  onClick={() => void run()}
                >
                  {t.run(chosen.length)}
                </Button>
              }
            >
              {t.review}
            </Header>
          }
          filter={
            <SpaceBetween size="s">
              <Checkbox checked={overwrite} onChange={({ detail }) => setOverwrite(detail.checked)}>
                {t.overwrite}
              </Checkbox>
              {done !== undefined && (
                <ProgressBar value={(100 * done) / chosen.length} label={t.progress(done, chosen.length)} />
              )}
            </SpaceBetween>
          }
          empty={
            <Box textAlign="center">
              <strong>{t.empty}</strong>
              <Box color="text-body-secondary">{t.emptyNext}</Box>
            </Box>
          }
          columnDefinitions={[
            { id: "name", header: c.name, cell: (row) => row.name, isRowHeader: true },
            {
              id: "type",
              header: c.type,
              minWidth: 190,
              cell: (row) => (
                <Select
                  ariaLabel={t.typeOf(row.key)}
                  selectedOption={{ value: row.type, label: row.type }}
                  options={["String", "StringList", "SecureString"].map((value) => ({ value, label: value }))}
                  expandToViewport
                  onChange={({ detail }) =>
                    setTypes({ ...types, [row.key]: detail.selectedOption.value as ParameterType })
                  }
                />
              ),
            },
            {
              id: "value",
              header: c.value,
              cell: (row) => (row.type === "SecureString" ? "••••••••" : <span className="mono">{row.value}</span>),
            },
            { id: "state", header: t.state, cell: state },
          ]}
        />
      </SpaceBetween>
    </Page>
  );
}
