/** What else stands around the rows: pages, preferences, and what is there in their place. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy, Suspense, useState } from "react";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { href } from "../layout/links";
import { ProblemAlert } from "../layout/problem-alert";
import { usePreferences } from "../preferences";
import { columns } from "./columns";
import { useList } from "./list-state";
import { words } from "./text";

const ListPreferences = lazy(() => import("./preferences"));

export function Pages() {
  const t = useText(words);
  const { pageSize } = usePreferences();
  const { page, show, count, complete, endless } = useList();
  if (endless) return null;
  return (
    <Pagination
      currentPageIndex={page}
      pagesCount={Math.max(1, page, Math.ceil(count / pageSize))}
      openEnd={!complete}
      ariaLabels={{ pageLabel: t.pageNumber }}
      disabled={count === 0}
      onChange={({ detail }) => show({ page: detail.currentPageIndex })}
    />
  );
}

export function Preferences() {
  const t = useText(words);
  const { shared } = useList();
  const [asked, setAsked] = useState(false);
  return asked ? (
    <Suspense>
      <ListPreferences columns={columns(shared)} />
    </Suspense>
  ) : (
    <Button variant="icon" iconName="settings" ariaLabel={t.preferences} onClick={() => setAsked(true)} />
  );
}

export function Nothing() {
  const t = useText(words);
  const c = useText(common);
  const { error, filtered, show, refresh } = useList();
  if (error !== undefined) return <ProblemAlert error={error} retry={refresh} />;
  return (
    <Box textAlign="center" padding={{ vertical: "l" }}>
      <SpaceBetween size="s">
        <strong>{filtered ? t.noMatch : t.empty}</strong>
        <Box color="text-body-secondary">{filtered ? t.noMatchNext : t.emptyNext}</Box>
        {filtered ? (
          <Button onClick={() => show({ tokens: [], path: "/" })}>{t.clear}</Button>
        ) : (
          <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            <Button href={href("/import")}>{t.import}</Button>
            <Button href={href("/parameters/create")}>{c.create}</Button>
          </SpaceBetween>
        )}
      </SpaceBetween>
    </Box>
  );
}
