/** Addresses of pages. Names of parameters may stand in them, values never do. */
export const BASE = "/console";

export function href(path: string, query: Record<string, string | undefined> = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const search = new URLSearchParams(given).toString();
  return `${BASE}${path}${search && `?${search}`}`;
}

export const parameterPath = (name: string, tab?: string) => href("/parameters/detail", { name, tab }).slice(BASE.length);
export const editPath = (name: string) => href("/parameters/edit", { name }).slice(BASE.length);

/** Links are plain links, so that they can be opened in a new tab; a plain click stays in this page. */
export function followInPage(navigate: (to: string) => void): (event: MouseEvent) => void {
  return (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const anchor = (event.target as Element | null)?.closest("a");
    const target = anchor?.getAttribute("href");
    if (!anchor || anchor.target || !target?.startsWith(BASE)) return;
    event.preventDefault();
    navigate(target.slice(BASE.length) || "/");
  };
}
