/**
 * Who is signed in. The keys live in this module's memory and nowhere else: a reload, a sign-out or a time without a
 * key or a click ends it.
 */
import { SSMClient } from "@aws-sdk/client-ssm";
import { useSyncExternalStore } from "react";
import { choose, preferences } from "../preferences";
import type { Offer } from "./oidc";

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** What pages may know. */
export interface Session {
  /** The same for as long as pages may keep what they remember: keys can be renewed. */
  id: number;
  accessKeyId: string;
  region: string;
  account?: string;
  /** The role that was switched to; its credentials end by themselves. */
  role?: string;
  /** Of whoever signed in with an OIDC issuer. */
  person?: Person;
}

/** A person's name and role, when their credentials end, in milliseconds of the epoch, and their issuer. */
export interface Person {
  name: string;
  role: string;
  until: number;
  offer: Offer;
}

export type Ended = "idle" | "signedOut" | "over";

/** How long before the end a person is told of it, in milliseconds; the shortest sessions last fifteen minutes. */
const WARNING = 5 * 60_000;

let keys: Keys | undefined;
/** Who was signed in before the role was switched to. */
let origin: { keys: Keys; session: Session } | undefined;
let session: Session | undefined;
let ended: Ended | undefined;
let client: SSMClient | undefined;
let last = 0;
const listeners = new Set<() => void>();

function announce(): void {
  listeners.forEach((each) => each());
}

/** What the constructor of an SDK client takes: the server that this page came from, and the person's keys. */
export function clientSettings(region = session?.region) {
  if (!keys || !region) throw new Error("signed out");
  return { endpoint: window.location.origin, region, credentials: { ...keys }, maxAttempts: 3 };
}

/** The Parameter Store client of the session. */
export function ssm(): SSMClient {
  client ??= new SSMClient(clientSettings());
  return client;
}

/** Keep keys that were seen to work. */
export function signIn(given: Keys, region: string, account?: string, person?: Person): void {
  keys = given;
  ended = undefined;
  session = { id: (last += 1), accessKeyId: given.accessKeyId, region, account, person };
  choose({ region });
  announce();
}

/** Go on with a role's credentials, until `switchBack`. */
export function switchRole(given: Keys, role: string): void {
  if (!keys || !session) return;
  client?.destroy();
  client = undefined;
  origin ??= { keys, session };
  keys = given;
  const { accessKeyId } = given;
  session = { id: (last += 1), accessKeyId, region: session.region, account: role.split(":")[4], role };
  announce();
}

/** Go on with new keys of the same person and role. Whoever switched to another role has them on coming back. */
export function renewed(given: Keys, person: Person): void {
  if (!keys || !session) return;
  const { accessKeyId } = given;
  if (origin) origin = { keys: given, session: { ...origin.session, accessKeyId, person } };
  else {
    client?.destroy();
    client = undefined;
    keys = given;
    session = { ...session, accessKeyId, person };
  }
  announce();
}

export function switchBack(): void {
  if (!origin || !session) return;
  client?.destroy();
  client = undefined;
  keys = origin.keys;
  session = { ...origin.session, region: session.region };
  origin = undefined;
  announce();
}

export function signOut(reason: Ended = "signedOut"): void {
  client?.destroy();
  keys = session = client = origin = undefined;
  ended = reason;
  announce();
}

export function switchRegion(region: string): void {
  if (!session || session.region === region) return;
  client?.destroy();
  client = undefined;
  session = { ...session, region };
  choose({ region });
  announce();
}

/** Answers carry ARNs, which say whose account this is. */
export function learnAccount(arn: string | undefined): void {
  const account = arn?.split(":")[4];
  if (!session || session.account || !account || !/^\d{12}$/.test(account)) return;
  session = { ...session, account };
  announce();
}

export function useSession(): Session | undefined {
  return useSyncExternalStore(subscribe, () => session);
}

export function howItEnded(): Ended | undefined {
  return ended;
}

/** Whether the credentials of a person have ended. */
export function isOver(): boolean {
  return session?.person !== undefined && Date.now() >= session.person.until;
}

/** The person whose credentials end soon, and in how many minutes; of whoever switched to a role, their own. */
export function endsSoon(): { person: Person; minutes: number } | undefined {
  const { person } = origin?.session ?? session ?? {};
  if (!person) return undefined;
  const left = person.until - Date.now();
  return left > 0 && left <= WARNING ? { person, minutes: Math.ceil(left / 60_000) } : undefined;
}

export function idleMilliseconds(): number {
  return preferences().idleMinutes * 60_000;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
