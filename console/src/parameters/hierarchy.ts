/** The tree of paths that names make. */
import type { ParameterMetadata } from "@aws-sdk/client-ssm";

export interface Folder {
  path: string;
  name: string;
  /** Parameters at any depth below. */
  count: number;
  folders: Folder[];
}

interface Growing {
  path: string;
  name: string;
  count: number;
  inside: Map<string, Growing>;
}

/** The root folder "/". Parameters without a slash count at the root and in no folder. */
export function hierarchy(parameters: readonly ParameterMetadata[]): Folder {
  const root: Growing = { path: "/", name: "/", count: 0, inside: new Map() };
  for (const { Name = "" } of parameters) {
    const parts = Name.split("/").filter(Boolean);
    parts.pop();
    let here = root;
    here.count += 1;
    for (const name of parts) {
      let next = here.inside.get(name);
      if (!next) {
        next = { path: `${here === root ? "" : here.path}/${name}`, name, count: 0, inside: new Map() };
        here.inside.set(name, next);
      }
      next.count += 1;
      here = next;
    }
  }
  return grown(root);
}

function grown({ inside, ...folder }: Growing): Folder {
  const folders = [...inside.values()].sort((one, other) => (one.name < other.name ? -1 : 1)).map(grown);
  return { ...folder, folders };
}

/** The folders on the way to a path, itself included. */
export function ancestry(path: string): string[] {
  const parts = path.split("/").filter(Boolean);
  return ["/", ...parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`)];
}
