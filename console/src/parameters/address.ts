/** What the list shows, kept in the address: a link to it, the back button and a reload show the same. */
import { useCallback, useMemo } from "react";
import { useSearchParams } from "wouter";
import { fromQuery, type Token, toQuery } from "./filters";

export interface Shown {
  tokens: Token[];
  path: string;
  page: number;
  sort: string;
  descending: boolean;
  shared: boolean;
}

export function useAddress(): [Shown, (changes: Partial<Shown>) => void] {
  const [query, setQuery] = useSearchParams();
  const shown = useMemo<Shown>(() => {
    const sort = query.get("sort") ?? "";
    return {
      tokens: fromQuery(query.getAll("filter")),
      path: query.get("path") ?? "/",
      page: Math.max(1, Math.trunc(Number(query.get("page"))) || 1),
      sort: sort.replace(/^-/, ""),
      descending: sort.startsWith("-"),
      shared: query.get("owner") === "others",
    };
  }, [query]);
  const show = useCallback(
    (changes: Partial<Shown>) => {
      const next = { ...shown, page: 1, ...changes };
      const written = new URLSearchParams(toQuery(next.tokens).map((each) => ["filter", each]));
      if (next.path !== "/") written.set("path", next.path);
      if (next.page > 1) written.set("page", String(next.page));
      if (next.sort) written.set("sort", `${next.descending ? "-" : ""}${next.sort}`);
      if (next.shared) written.set("owner", "others");
      setQuery(written);
    },
    [shown, setQuery],
  );
  return [shown, show];
}
