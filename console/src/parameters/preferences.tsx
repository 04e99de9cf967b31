import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import { formatNumber, useText } from "../i18n/text";
import { choose, usePreferences } from "../preferences";
import { ENDLESS } from "./list-state";
import { words } from "./text";

const PAGE_SIZES = [10, 20, 50, 100, 500, 1000];

/** AWS's dialog: page size, lines, density, columns. */
export default function ListPreferences({ columns }: { columns: readonly { id?: string; header?: unknown }[] }) {
  const t = useText(words);
  const { pageSize, columns: shown, wrapLines, dense } = usePreferences();
  return (
    <CollectionPreferences
      title={t.preferences}
      preferences={{
        pageSize,
        wrapLines,
        contentDensity: dense ? "compact" : "comfortable",
        contentDisplay: columns.map(({ id = "" }) => ({ id, visible: shown.includes(id) })),
      }}
      onConfirm={({ detail }) =>
        choose({
          pageSize: detail.pageSize ?? pageSize,
          wrapLines: detail.wrapLines ?? wrapLines,
          dense: detail.contentDensity === "compact",
          columns: (detail.contentDisplay ?? []).filter((each) => each.visible).map((each) => each.id),
        })
      }
      pageSizePreference={{
        title: t.pageSize,
        options: [
          ...PAGE_SIZES.map((value) => ({ value, label: t.perPage(formatNumber(value)) })),
          { value: ENDLESS, label: t.endless },
        ],
      }}
      wrapLinesPreference={{ label: t.wrap, description: t.wrapHint }}
      contentDensityPreference={{ label: t.dense, description: t.denseHint }}
      contentDisplayPreference={{
        title: t.columns,
        options: columns.map(({ id = "", header }) => ({ id, label: String(header), alwaysVisible: id === "name" })),
      }}
    />
  );
}
