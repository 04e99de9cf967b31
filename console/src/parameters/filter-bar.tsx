import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import PropertyFilter from "@cloudscape-design/components/property-filter";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { memo, useCallback, useMemo, useRef } from "react";
import { useText } from "../i18n/text";
import { ProblemAlert } from "../layout/problem-alert";
import { choose, usePreferences } from "../preferences";
import { useAddress } from "./address";
import { loadAhead } from "./catalogue";
import { filteringOptions, filteringProperties, filtersOf, type Token } from "./filters";
import { useList } from "./list-state";
import { words } from "./text";

/** What is looked for, and whose parameters. */
export function FilterBar() {
  const { count, error, refresh, shared, show, setSelected } = useList();
  const switchTo = useCallback(
    (shared: boolean) => {
      setSelected([]);
      show({ shared, path: "/" });
    },
    [setSelected, show],
  );
  return (
    <SpaceBetween size="s">
      {count > 0 && <ProblemAlert error={error} retry={refresh} />}
      <Filter />
      <Whose shared={shared} onChange={switchTo} />
    </SpaceBetween>
  );
}

function Filter() {
  const t = useText(words);
  const { language } = usePreferences();
  const [{ tokens, path }, show] = useAddress();
  const { shared } = useList();
  const properties = useMemo(() => filteringProperties(), [language]);
  const newest = useRef<readonly Token[]>(tokens);

  async function look(wanted: Token[]) {
    newest.current = wanted;
    await loadAhead(filtersOf(wanted, path), shared);
    if (newest.current === wanted) show({ tokens: wanted });
  }

  return (
    <div className="filter">
      <PropertyFilter
        query={{ tokens, operation: "and" }}
        hideOperations
        filteringProperties={properties}
        filteringOptions={filteringOptions()}
        filteringPlaceholder={t.filterHint}
        filteringAriaLabel={t.filter}
        expandToViewport
        onChange={({ detail }) => void look([...detail.tokens])}
      />
      {tokens.length === 0 && <Box color="text-body-secondary">{t.filterHow}</Box>}
    </div>
  );
}

/** Draws by itself: another filter changes nothing here. */
const Whose = memo(function Whose({ shared, onChange }: { shared: boolean; onChange: (shared: boolean) => void }) {
  const t = useText(words);
  const { hierarchy } = usePreferences();
  return (
    <SpaceBetween direction="horizontal" size="s">
      <SegmentedControl
        label={t.owner}
        selectedId={shared ? "others" : "mine"}
        options={[
          { id: "mine", text: t.mine },
          { id: "others", text: t.shared },
        ]}
        onChange={({ detail }) => onChange(detail.selectedId === "others")}
      />
      <Button
        iconName="treeview-expand"
        ariaExpanded={hierarchy}
        disabled={shared}
        onClick={() => choose({ hierarchy: !hierarchy })}
      >
        {hierarchy ? t.hideHierarchy : t.showHierarchy}
      </Button>
    </SpaceBetween>
  );
});
