/** What is asked of LookupEvents, what the address says of it, and what a row shows of a record. No I/O. */
import type { Event, LookupAttributeKey, LookupEventsCommandInput } from "@aws-sdk/client-cloudtrail";

/** AWS's lookup attributes, of which a request has one at most, and values to propose for those that have few. */
export const ATTRIBUTES: Readonly<Record<LookupAttributeKey, readonly string[]>> = {
  EventName: ["GetParameter", "GetParameters", "GetParametersByPath", "PutParameter", "DeleteParameter", "Decrypt"],
  ResourceName: [],
  Username: ["root"],
  ReadOnly: ["false", "true"],
  EventSource: ["ssm", "kms", "iam", "sts", "cloudtrail"].map((service) => `${service}.amazonaws.com`),
  ResourceType: ["AWS::SSM::Parameter", "AWS::KMS::Key", "AWS::IAM::Role"],
  AccessKeyId: [],
  EventId: [],
};

/** Hours back from now. */
export const RANGES: Readonly<Record<string, number>> = { "1h": 1, "24h": 24, "7d": 168, "30d": 720 };
export const DEFAULT_RANGE = "7d";

/** The page's filter as the address holds it. `from` and `to` are ISO 8601, and count where `range` is `between`. */
export interface Filter {
  by: LookupAttributeKey | "";
  is: string;
  range: string;
  from: string;
  to: string;
}

export function fromQuery(query: URLSearchParams): Filter {
  const by = query.get("by") ?? "";
  const range = query.get("range") ?? "";
  return {
    by: Object.hasOwn(ATTRIBUTES, by) ? (by as LookupAttributeKey) : "",
    is: query.get("is") ?? "",
    range: Object.hasOwn(RANGES, range) || range === "all" || range === "between" ? range : DEFAULT_RANGE,
    from: query.get("from") ?? "",
    to: query.get("to") ?? "",
  };
}

export function toQuery({ by, is, range, from, to }: Filter): Record<string, string> {
  const moments = range === "between" ? { ...(from && { from }), ...(to && { to }) } : {};
  return { ...(by && is && { by, is }), ...(range !== DEFAULT_RANGE && { range }), ...moments };
}

/** A moment as `datetime-local` fields write it, in the time zone of the browser, and back. */
export function toField(iso: string): string {
  const moment = new Date(iso);
  if (!iso || Number.isNaN(moment.getTime())) return "";
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function fromField(local: string): string {
  const moment = new Date(local);
  return Number.isNaN(moment.getTime()) ? "" : moment.toISOString();
}

/** A request of which all pages are asked with the same times, because its tokens are for it alone. */
export function requestOf({ by, is, range, from, to }: Filter, now: Date): LookupEventsCommandInput {
  const moment = (iso: string) => (toField(iso) ? new Date(iso) : undefined);
  const hours = RANGES[range];
  return {
    LookupAttributes: by && is ? [{ AttributeKey: by, AttributeValue: is }] : undefined,
    StartTime: hours ? new Date(now.getTime() - hours * 3_600_000) : range === "between" ? moment(from) : undefined,
    EndTime: range === "between" ? moment(to) : undefined,
  };
}

export interface Row {
  id: string;
  time?: Date;
  name: string;
  source: string;
  /** Who called: the end of the ARN, such as `user/alice`. */
  principal: string;
  resources: string[];
  address: string;
  /** The code of the error; empty for a call that was carried out. */
  error: string;
  message: string;
  /** The record to read, as JSON. */
  record: string;
}

interface Told {
  userIdentity?: { arn?: string; type?: string; accessKeyId?: string; invokedBy?: string };
  sourceIPAddress?: string;
  errorCode?: string;
  errorMessage?: string;
  additionalEventData?: { modeledError?: string };
}

export function rowOf(event: Event): Row {
  let told: Told = {};
  let record = event.CloudTrailEvent ?? "";
  try {
    told = JSON.parse(record) as Told;
    record = JSON.stringify(told, undefined, 2);
  } catch {
    // Shown as it came.
  }
  const who = told.userIdentity ?? {};
  return {
    id: event.EventId ?? "",
    time: event.EventTime,
    name: event.EventName ?? "",
    source: event.EventSource ?? "",
    // What nobody asked by a request has no ARN: `parastore` did it.
    principal:
      who.arn?.split(":").slice(5).join(":") ||
      event.Username ||
      who.accessKeyId ||
      who.invokedBy ||
      who.type ||
      "–",
    resources: (event.Resources ?? []).flatMap((each) => each.ResourceName ?? []),
    address: told.sourceIPAddress ?? "–",
    // Parameter Store's own errors are no error codes in CloudTrail's records.
    error: told.errorCode ?? told.additionalEventData?.modeledError ?? "",
    message: told.errorMessage ?? "",
    record,
  };
}
