/**
 * A listing of DescribeParameters, loaded as far as somebody wants it. The server gives 50 at a time and no total, so
 * "how many" is known when the last page is there, and until then only how many there are at least.
 */
import { DescribeParametersCommand, type ParameterMetadata, type ParameterStringFilter } from "@aws-sdk/client-ssm";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { learnAccount, ssm } from "../session/session";

const PAGE = 50;
const PATIENCE = 60; // milliseconds
const ANNOUNCE_EVERY = 500; // milliseconds; drawing takes longer than asking

export interface Listing {
  items: readonly ParameterMetadata[];
  complete: boolean;
  loading: boolean;
  error?: unknown;
}

export class Catalogue {
  private items: ParameterMetadata[] = [];
  private token: string | undefined;
  private wanted = 0;
  private running = false;
  private announced = 0;
  private listing: Listing = { items: [], complete: false, loading: true };
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly filters: ParameterStringFilter[],
    private readonly shared: boolean,
  ) {}

  /** Load until there are `count`, or all with Infinity. */
  async want(count: number): Promise<void> {
    this.wanted = Math.max(this.wanted, count);
    if (!this.running && !this.listing.complete && this.items.length < this.wanted) await this.run();
  }

  /** Load no more than is on its way. */
  stop(): void {
    this.wanted = 0;
  }

  private async run(): Promise<void> {
    this.running = true;
    let complete = false;
    let error: unknown;
    if (!this.listing.loading) this.announce({ loading: true });
    try {
      while (!complete && this.items.length < this.wanted) {
        const answer = await ssm().send(
          new DescribeParametersCommand({
            ParameterFilters: this.filters.length ? this.filters : undefined,
            Shared: this.shared || undefined,
            MaxResults: PAGE,
            NextToken: this.token,
          }),
        );
        this.items.push(...(answer.Parameters ?? []));
        this.token = answer.NextToken;
        complete = this.token === undefined;
        if (!this.shared) learnAccount(answer.Parameters?.[0]?.ARN);
        const more = !complete && this.items.length < this.wanted;
        if (more && Date.now() - this.announced > ANNOUNCE_EVERY) this.announce({ loading: true });
      }
    } catch (failure) {
      error = failure;
    }
    this.running = false;
    this.announce({ loading: false, complete, error });
  }

  private announce(change: { loading: boolean; complete?: boolean; error?: unknown }): void {
    this.announced = Date.now();
    this.listing = { items: this.items.slice(), complete: false, ...change };
    this.listeners.forEach((each) => each());
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = () => this.listing;
}

const keyOf = (filters: ParameterStringFilter[], shared: boolean) => JSON.stringify([filters, shared]);

let ahead: { key: string; catalogue: Catalogue } | undefined;

/**
 * Ask for the first page before the list is told to show it. Ends when it is there, so that all that changes is drawn
 * once, or when it takes so long that somebody would wonder.
 */
export async function loadAhead(filters: ParameterStringFilter[], shared: boolean): Promise<void> {
  const catalogue = new Catalogue(filters, shared);
  ahead = { key: keyOf(filters, shared), catalogue };
  await Promise.race([catalogue.want(PAGE), new Promise((wonder) => setTimeout(wonder, PATIENCE))]);
}

/** The listing for these filters; another after each `round`. What nobody looks at any more stops loading. */
export function useCatalogue(filters: ParameterStringFilter[], shared: boolean, round: number) {
  const key = keyOf(filters, shared);
  const catalogue = useMemo(
    () => (ahead?.key === key ? ahead.catalogue : new Catalogue(filters, shared)),
    [key, round],
  );
  useEffect(() => {
    ahead = undefined;
    return () => catalogue.stop();
  }, [catalogue]);
  return { catalogue, listing: useSyncExternalStore(catalogue.subscribe, catalogue.snapshot) };
}
