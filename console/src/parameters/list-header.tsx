import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useLocation } from "wouter";
import { common } from "../i18n/common";
import { formatNumber, useText } from "../i18n/text";
import { editPath, href, parameterPath } from "../layout/links";
import { nameToRead } from "./columns";
import { useList } from "./list-state";
import { words } from "./text";

/** How many there are, at least, and what to do with those that are chosen. */
export function ListHeader() {
  const t = useText(words);
  const c = useText(common);
  const [, navigate] = useLocation();
  const { count, complete, path, shared, selected, setDeleting, refresh } = useList();
  const one = selected.length === 1 ? selected[0] : undefined;
  const all = `${formatNumber(count)}${complete ? "" : "+"}`;
  return (
    <Header
      variant="awsui-h1-sticky"
      counter={selected.length ? `(${formatNumber(selected.length)}/${all})` : `(${all})`}
      description={complete || count === 0 ? t.lead : <SoFar />}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="refresh" ariaLabel={c.refresh} onClick={refresh} />
          <Button disabled={!one} onClick={() => one && navigate(parameterPath(nameToRead(one, shared)))}>
            {t.view}
          </Button>
          <Button disabled={!one || shared} onClick={() => one && navigate(editPath(one.Name ?? ""))}>
            {c.edit}
          </Button>
          <Button disabled={selected.length === 0} onClick={() => setDeleting(true)}>
            {c.delete}
          </Button>
          <Button variant="primary" href={href("/parameters/create", { path: path === "/" ? undefined : path })}>
            {c.create}
          </Button>
        </SpaceBetween>
      }
    >
      {shared ? t.shared : t.title}
    </Header>
  );
}

function SoFar() {
  const t = useText(words);
  const { count, loading, catalogue } = useList();
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      <span role="status">{t.soFar(formatNumber(count))}</span>
      {loading ? (
        <Button variant="inline-link" onClick={() => catalogue.current.stop()}>
          {t.stop}
        </Button>
      ) : (
        <Button variant="inline-link" onClick={() => void catalogue.current.want(Number.POSITIVE_INFINITY)}>
          {t.loadRest}
        </Button>
      )}
    </SpaceBetween>
  );
}
