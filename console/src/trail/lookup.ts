/** The CloudTrail client of the session, and events loaded page by page. Loaded only by what shows the trail. */
import { CloudTrailClient, LookupEventsCommand, type LookupEventsCommandInput } from "@aws-sdk/client-cloudtrail";
import { useEffect, useRef, useState } from "react";
import { clientSettings } from "../session/session";
import { type Row, rowOf } from "./records";

export const PAGE = 50;
const MOST_ASKED = 10; // requests for one page: those that find little look at 20,000 records each

interface Listing {
  rows: Row[];
  token?: string;
  complete: boolean;
  loading: boolean;
  error?: unknown;
}

const NOTHING: Listing = { rows: [], complete: false, loading: true };

/** Events, newest first. `more` loads another page of them, or goes on after an error. */
export function useEvents(request: LookupEventsCommandInput) {
  const [listing, setListing] = useState(NOTHING);
  const turn = useRef(0);

  async function load(before: Listing): Promise<void> {
    turn.current += 1;
    const mine = turn.current;
    let { rows, token } = before;
    let error: unknown;
    setListing({ ...before, loading: true, error: undefined });
    try {
      const client = new CloudTrailClient(clientSettings());
      for (let asked = 0; asked < MOST_ASKED; asked += 1) {
        const answer = await client.send(new LookupEventsCommand({ ...request, MaxResults: PAGE, NextToken: token }));
        if (turn.current !== mine) return;
        rows = [...rows, ...(answer.Events ?? []).map(rowOf)];
        token = answer.NextToken;
        if (token === undefined || rows.length >= before.rows.length + PAGE) break;
      }
    } catch (failure) {
      error = failure;
    }
    if (turn.current !== mine) return;
    setListing({ rows, token, complete: error === undefined && token === undefined, loading: false, error });
  }

  useEffect(() => {
    void load(NOTHING);
    return () => {
      turn.current += 1;
    };
    // `load` is another function at each rendering; the request says what it asks for.
  }, [request]);
  return { ...listing, more: () => void load(listing) };
}
