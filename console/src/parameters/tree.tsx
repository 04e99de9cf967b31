import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import TreeView from "@cloudscape-design/components/tree-view";
import { useEffect, useMemo, useState } from "react";
import { formatNumber, useText } from "../i18n/text";
import { useCatalogue } from "./catalogue";
import { ancestry, type Folder, hierarchy } from "./hierarchy";
import { words } from "./text";

/** Folders of one level that are shown; more would help nobody. */
const SHOWN = 200;

interface Props {
  /** Another number asks anew. */
  round: number;
  path: string;
  onChoose: (path: string) => void;
}

/** Paths and how many parameters lie below each, complete once all names are there. */
export function Tree({ round, path, onChoose }: Props) {
  const t = useText(words);
  const { catalogue, items, complete, loading } = useCatalogue([], false, round);
  const root = useMemo(() => hierarchy(items), [items]);
  const [expanded, setExpanded] = useState<string[]>(() => ancestry(path));
  useEffect(() => catalogue.want(Number.POSITIVE_INFINITY), [catalogue]);
  useEffect(() => setExpanded((before) => [...new Set([...before, ...ancestry(path)])]), [path]);
  return (
    <Container
      header={
        <Header variant="h2" counter={`(${formatNumber(items.length)}${complete ? "" : "+"})`}>
          {t.hierarchy}
        </Header>
      }
    >
      <SpaceBetween size="s">
        {loading && items.length > 0 && (
          <StatusIndicator type="loading">{t.loadingNames}</StatusIndicator>
        )}
        {!complete && !loading && items.length > 0 && (
          <Button iconName="download" onClick={() => catalogue.want(Number.POSITIVE_INFINITY)}>
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
                  ariaLabel={t.folder(folder.path, folder.count)}
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
                  {formatNumber(folder.count)}
                </Box>
              ),
            })}
          />
        </div>
      </SpaceBetween>
    </Container>
  );
}
