import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import TreeView from "@cloudscape-design/components/tree-view";
import { memo, useDeferredValue, useEffect, useMemo, useState } from "react";
import { formatNumber, useText } from "../i18n/text";
import { useCatalogue } from "./catalogue";
import { ancestry, type Folder, hierarchy } from "./hierarchy";
import { words } from "./text";

/** Names that are loaded without being asked for; who has more may ask. */
const UNASKED = 10_000;
/** Folders of one level that are shown; more would help nobody. */
const SHOWN = 200;

interface Props {
  /** Another number asks anew. */
  round: number;
  path: string;
  onChoose: (path: string) => void;
}

/** Paths and how many parameters lie below each, complete once all names are there. */
export const Tree = memo(function Tree({ round, path: asked, onChoose }: Props) {
  // The rows are waited for, and come first.
  const path = useDeferredValue(asked);
  const t = useText(words);
  const { catalogue, listing } = useCatalogue([], false, round);
  const { items, complete, loading } = listing;
  const root = useMemo(() => hierarchy(items), [items]);
  const [expanded, setExpanded] = useState<string[]>(() => ancestry(path));
  useEffect(() => void catalogue.want(UNASKED), [catalogue]);
  const atLeast = (count: number) => `${formatNumber(count)}${complete ? "" : "+"}`;
  useEffect(() => setExpanded((before) => [...new Set([...before, ...ancestry(path)])]), [path]);
  return (
    <Container
      header={
        <Header variant="h2" counter={`(${atLeast(items.length)})`}>
          {t.hierarchy}
        </Header>
      }
    >
      <SpaceBetween size="s">
        {loading && items.length > 0 && (
          <SpaceBetween direction="horizontal" size="xs">
            <StatusIndicator type="loading">{t.loadingNames}</StatusIndicator>
            <Button variant="inline-link" onClick={() => catalogue.stop()}>
              {t.stop}
            </Button>
          </SpaceBetween>
        )}
        {!complete && !loading && items.length > 0 && (
          <Button iconName="download" onClick={() => void catalogue.want(Number.POSITIVE_INFINITY)}>
            {t.loadAll}
          </Button>
        )}
        <div className="tree">
          <TreeView<Folder>
            ariaLabel={t.hierarchy}
            items={[root]}
            getItemId={(folder) => folder.path}
            getItemChildren={(folder) => folder.folders.slice(0, SHOWN)}
            expandedItems={expanded}
            onItemToggle={({ detail: { id, expanded: open } }) =>
              setExpanded((before) => (open ? [...before, id] : before.filter((each) => each !== id)))
            }
            renderItem={(folder) => ({
              icon: undefined,
              content: (
                <Link
                  variant={folder.path === path ? "primary" : "secondary"}
                  ariaLabel={t.folder(folder.path, atLeast(folder.count))}
                  onFollow={() => onChoose(folder.path)}
                >
                  {folder.path === path ? <strong>{folder.name}</strong> : folder.name}
                </Link>
              ),
              secondaryContent:
                folder.folders.length > SHOWN ? (
                  <Box color="text-body-secondary" fontSize="body-s">
                    {t.moreFolders(folder.folders.length - SHOWN)}
                  </Box>
                ) : undefined,
              actions: (
                <Box color="text-body-secondary" fontSize="body-s">
                  {atLeast(folder.count)}
                </Box>
              ),
            })}
          />
        </div>
      </SpaceBetween>
    </Container>
  );
});
