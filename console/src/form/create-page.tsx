import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { href, parameterPath } from "../layout/links";
import { notify } from "../layout/notices";
import { Page } from "../layout/shell";
import { ssm } from "../session/session";
import { type Draft, faultsOf, NEW, toRequest } from "./draft";
import { ParameterForm } from "./parameter-form";
import { words } from "./text";

export default function CreatePage() {
  const t = useText(words);
  const c = useText(common);
  const [, navigate] = useLocation();
  const [query] = useSearchParams();
  const [draft, setDraft] = useState<Draft>(() => {
    const path = query.get("path");
    return { ...NEW, name: path ? `${path}/` : "" };
  });
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const faults = faultsOf(draft, t);

  async function create() {
    setTried(true);
    setError(undefined);
    if (Object.keys(faults).length) return;
    setBusy(true);
    try {
      const request = toRequest(draft, false);
      await ssm().send(new PutParameterCommand(request));
      notify("success", t.created(request.Name ?? ""));
      navigate(parameterPath(request.Name ?? ""));
    } catch (failure) {
      setError(failure);
      setBusy(false);
      window.scrollTo({ top: 0 });
    }
  }

  return (
    <Page title={t.createTitle} crumbs={[{ text: c.parameters, href: href("/parameters") }]}>
      <ParameterForm
        title={t.createTitle}
        draft={draft}
        faults={tried ? faults : {}}
        error={error}
        busy={busy}
        submitText={c.create}
        onChange={(changes) => setDraft((before) => ({ ...before, ...changes }))}
        onCancel={() => navigate("/parameters")}
        onSubmit={() => void create()}
      />
    </Page>
  );
}
