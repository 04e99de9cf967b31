/** What the list of parameters shows, and what was chosen in it. */
import type { ParameterMetadata } from "@aws-sdk/client-ssm";
import {
  createContext,
  type RefObject,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { usePreferences } from "../preferences";
import { useAddress } from "./address";
import { type Catalogue, type Listing, useCatalogue } from "./catalogue";
import { columns } from "./columns";
import { filtersOf } from "./filters";

/** The page size of a list that goes on while one scrolls. */
export const ENDLESS = 1_000_000;

export function useListState() {
  const [{ tokens, path, page, sort, descending, shared }, show] = useAddress();
  const { pageSize, language } = usePreferences();
  const [round, setRound] = useState(0);
  const [selected, setSelected] = useState<readonly ParameterMetadata[]>([]);
  const [deleting, setDeleting] = useState(false);
  const [reached, reach] = useState(0);

  const filters = filtersOf(tokens, path);
  const { catalogue, listing: newest } = useCatalogue(filters, shared, round);
  const current = useRef(catalogue);
  const endless = pageSize >= ENDLESS;
  const wanted = endless ? reached + 1 : page * pageSize;
  // Before anything is painted: the server works meanwhile.
  useLayoutEffect(() => {
    current.current = catalogue;
    void catalogue.want(wanted);
  }, [catalogue, wanted]);

  // What was there stays until there is something else, which is sooner there than an empty table would be drawn.
  const waiting = newest.loading && newest.items.length <= (page - 1) * pageSize;
  const before = useRef<Listing>(newest);
  const list = waiting && before.current.items.length ? before.current : newest;
  useEffect(() => {
    before.current = list;
  }, [list]);

  const definitions = useMemo(() => columns(shared), [shared, language]);
  const ordered = useMemo(() => {
    const compare = definitions.find((each) => each.id === sort)?.sortingComparator;
    if (!compare) return list.items;
    const sorted = [...list.items].sort(compare);
    return descending ? sorted.reverse() : sorted;
  }, [list.items, definitions, sort, descending]);
  const rows = useSame(useMemo(() => ordered.slice((page - 1) * pageSize, page * pageSize), [ordered, page, pageSize]));

  const refresh = useCallback(() => {
    setSelected([]);
    setRound((before) => before + 1);
  }, []);

  const filtered = filters.length > 0;
  const { complete, loading, error } = list;
  const count = list.items.length;
  // The same object while nothing of it has changed: a key in the filter draws the filter, an answer the rows.
  const around = useMemo(
    () => ({
      show,
      path,
      page,
      shared,
      filtered,
      endless,
      count,
      complete,
      loading,
      error,
      catalogue: current,
      selected,
      setSelected,
      setDeleting,
      refresh,
    }),
    [show, path, page, shared, filtered, endless, count, complete, loading, error, selected, refresh],
  );
  return { around, definitions, rows, waiting, sort, descending, round, deleting, reach };
}

/** The same array as before while it holds the same. */
function useSame<T>(items: readonly T[]): readonly T[] {
  const before = useRef(items);
  const same = before.current.length === items.length && items.every((each, index) => each === before.current[index]);
  const kept = same ? before.current : items;
  useEffect(() => {
    before.current = kept;
  }, [kept]);
  return kept;
}

type Around = ReturnType<typeof useListState>["around"] & { catalogue: RefObject<Catalogue> };

export const ListContext = createContext<Around | undefined>(undefined);

/** For what stands around the rows. */
export function useList(): Around {
  const around = useContext(ListContext);
  if (!around) throw new Error("outside of the list");
  return around;
}
