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

function read(query: URLSearchParams): Shown {
  const sort = query.get("sort") ?? "";
  return {
    tokens: fromQuery(query.getAll("filter")),
    path: query.get("path") ?? "/",
    page: Math.max(1, Math.trunc(Number(query.get("page"))) || 1),
    sort: sort.replace(/^-/, ""),
    descending: sort.startsWith("-"),
    shared: query.get("owner") === "others",
  };
}

function written(shown: Shown): URLSearchParams {
  const query = new URLSearchParams(toQuery(shown.tokens).map((each) => ["filter", each]));
  if (shown.path !== "/") query.set("path", shown.path);
  if (shown.page > 1) query.set("page", String(shown.page));
  if (shown.sort) query.set("sort", `${shown.descending ? "-" : ""}${shown.sort}`);
  if (shown.shared) query.set("owner", "others");
  return query;
}

/** What is shown, and a way to change some of it: the same function always, so that nothing is drawn anew for it. */
export function useAddress(): [Shown, (changes: Partial<Shown>) => void] {
  const [query, setQuery] = useSearchParams();
  const shown = useMemo(() => read(query), [query]);
  const show = useCallback(
    (changes: Partial<Shown>) => setQuery((now) => written({ ...read(now), page: 1, ...changes })),
    [setQuery],
  );
  return [shown, show];
}
