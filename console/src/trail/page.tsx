import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo, useState } from "react";
import { useSearchParams } from "wouter";
import { useText } from "../i18n/text";
import { Page } from "../layout/shell";
import { Chain } from "./chain";
import { Events } from "./events";
import { FilterForm } from "./filter-form";
import { type Filter, fromQuery, requestOf, toQuery } from "./records";
import { words } from "./text";

const EVERYTHING: Filter = { by: "", is: "", range: "all", from: "", to: "" };

/** Who did what: the account's events in this Region. The address holds the filter. */
export default function TrailPage() {
  const t = useText(words);
  const [query, setQuery] = useSearchParams();
  const [round, setRound] = useState(0);
  const key = query.toString();
  const filter = fromQuery(query);
  const request = useMemo(() => requestOf(filter, new Date()), [key, round]);

  function search(wanted: Filter) {
    setQuery(toQuery(wanted));
    setRound((before) => before + 1);
  }

  return (
    <Page title={t.title}>
      <Events
        title={t.title}
        lead={t.lead}
        variant="h1"
        request={request}
        onRefresh={() => setRound((before) => before + 1)}
        filter={
          <SpaceBetween size="s">
            <Chain round={round} />
            <FilterForm key={key} filter={filter} onSearch={search} />
          </SpaceBetween>
        }
        empty={t.empty}
        emptyNext={
          <SpaceBetween size="s">
            <span>{t.emptyNext}</span>
            <Button onClick={() => search(EVERYTHING)}>{t.showAll}</Button>
          </SpaceBetween>
        }
      />
    </Page>
  );
}
