import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { notify } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { DocumentField, faultOf } from "./document-editor";
import { words } from "./text";

interface Props {
  title: string;
  nameLabel: string;
  /** With a document to write, beginning with this one. */
  document?: { label: string; starter: string };
  onCreate: (name: string, document: string) => Promise<unknown>;
  onClose: () => void;
  onDone: (name: string) => void;
}

/** A name, and for roles and policies a document: what IAM needs to make something. */
export function CreateDialog({ title, nameLabel, document, onCreate, onClose, onDone }: Props) {
  const t = useText(words);
  const c = useText(common);
  const [name, setName] = useState("");
  const [text, setText] = useState(document?.starter ?? "");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const bad = name !== "" && !/^[\w+=,.@-]{1,64}$/.test(name);
  const incomplete = !name || bad || (document !== undefined && faultOf(text) !== undefined);

  async function create() {
    if (incomplete) return;
    setBusy(true);
    setError(undefined);
    try {
      await onCreate(name, text);
      notify("success", t.made(name));
      onDone(name);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }

  return (
    <Modal
      visible
      size={document ? "large" : "medium"}
      header={title}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {c.cancel}
            </Button>
            <Button variant="primary" disabled={incomplete} loading={busy} onClick={() => void create()}>
              {title}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <SpaceBetween size="m">
          <ProblemAlert error={error} />
          <FormField label={nameLabel} errorText={bad && t.nameBad}>
            <Input value={name} autoFocus spellcheck={false} onChange={({ detail }) => setName(detail.value)} />
          </FormField>
          {document && <DocumentField value={text} label={document.label} onChange={setText} />}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
