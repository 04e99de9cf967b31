import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { useText } from "../i18n/text";
import { notify } from "../layout/notices";
import { TaskDialog } from "../layout/task-dialog";
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
  const [name, setName] = useState("");
  const [text, setText] = useState(document?.starter ?? "");
  const bad = name !== "" && !/^[\w+=,.@-]{1,64}$/.test(name);
  const incomplete = !name || bad || (document !== undefined && faultOf(text) !== undefined);

  async function create() {
    await onCreate(name, text);
    notify("success", t.made(name));
    onDone(name);
  }

  return (
    <TaskDialog
      title={title}
      action={title}
      disabled={incomplete}
      size={document ? "large" : "medium"}
      task={create}
      onClose={onClose}
    >
      <FormField label={nameLabel} errorText={bad && t.nameBad}>
        <Input value={name} autoFocus spellcheck={false} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      {document && <DocumentField value={text} label={document.label} onChange={setText} />}
    </TaskDialog>
  );
}
