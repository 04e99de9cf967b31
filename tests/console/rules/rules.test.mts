// The console's rules without a page: node --test, which strips the types by itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cut } from "../../../console/src/compare/cut.ts";
import { ALPHABETS, generate, lint, looksSecret, matches } from "../../../console/src/form/value-checks.ts";
import { parseDotenv } from "../../../console/src/import/dotenv.ts";
import { ancestry, hierarchy } from "../../../console/src/parameters/hierarchy.ts";
import { between, chosen, idOf, marked, type Row, toggled } from "../../../console/src/parameters/selection.ts";
import { parseMetrics } from "../../../console/src/server/health.ts";
import { fromField, fromQuery, requestOf, rowOf, toField, toQuery } from "../../../console/src/trail/records.ts";

test(".env files", () => {
  const cases: [string, Record<string, string>][] = [
    ["A=1\nB=2", { A: "1", B: "2" }],
    ["export A=1", { A: "1" }],
    ["A = 1 # one", { A: "1" }],
    ["A=x#y", { A: "x#y" }],
    ["# A=1\n\n  # B=2", {}],
    ['A="a # b"', { A: "a # b" }],
    ["A='a\\nb'", { A: "a\\nb" }],
    ['A="a\\nb\\"c\\\\"', { A: 'a\nb"c\\' }],
    ['A="one\ntwo"\nB=3', { A: "one\ntwo", B: "3" }],
    ["A=1\nA=2", { A: "2" }],
    ["A=", { A: "" }],
    ["A=\nB=2", { A: "", B: "2" }],
    ["A=1\r\nB=2\r\n", { A: "1", B: "2" }],
    ["\uFEFFA=1", { A: "1" }],
    ["URL=postgres://u:p@h/d?a=b", { URL: "postgres://u:p@h/d?a=b" }],
    ['A="open', { A: '"open' }],
  ];
  for (const [source, expected] of cases) {
    const { entries, unread } = parseDotenv(source);
    assert.deepEqual(Object.fromEntries(entries.map(({ key, value }) => [key, value])), expected, source);
    assert.deepEqual(unread, [], source);
  }
  assert.deepEqual(parseDotenv('A="1\n2"\nwhat is this\nB=1\n=x').unread, [3, 5]);
});

test("patterns match the whole value, and each item of a list", () => {
  assert.equal(matches("[0-9]+", "123", false), true);
  assert.equal(matches("[0-9]+", "12x", false), false);
  assert.equal(matches("a|b", "ab", false), false);
  assert.equal(matches("[0-9]+", "1,2,3", true), true);
  assert.equal(matches("[0-9]+", "1,x", true), false);
  assert.equal(matches("(", "x", false), "unreadable");
});

test("secrets are suspected by name and by form, and plain configuration is not", () => {
  const secrets: [string, string][] = [
    ["/a/db_password", "correct-horse"],
    ["/a/x", "-----BEGIN RSA PRIVATE KEY-----\nabc"],
    ["/a/x", "AKIAIOSFODNN7EXAMPLE"],
    ["/a/url", "postgres://app:hunter22@db/prod"],
    ["/a/x", "kJ8sQ2mZx7Lw4Rt9Yp3Vb6Nc1"],
  ];
  const plain: [string, string][] = [
    ["/a/host", "db.example.com"],
    ["/a/token_url", "https://auth.example.com/token"],
    ["/a/password_min_length", "12"],
    ["/a/secret_arn", "arn:aws:secretsmanager:us-east-1:1:secret:x"],
    ["/a/id", "123e4567-e89b-12d3-a456-426614174000"],
    ["/a/text", "a sentence about the password of the day"],
  ];
  for (const [name, value] of secrets) assert.equal(looksSecret(name, value), true, name + value);
  for (const [name, value] of plain) assert.equal(looksSecret(name, value), false, name + value);
});

test("lint knows JSON and leaves the rest alone", async () => {
  assert.deepEqual(await lint('{"a": 1}'), { language: "JSON" });
  assert.ok((await lint('{"a": }'))?.fault);
  assert.equal(await lint("hello"), undefined);
  assert.equal(await lint("{{ssm:/a/b}}"), undefined);
});

test("generated passwords have the length and the alphabet asked for, each time others", () => {
  const alphabet = ALPHABETS.letters + ALPHABETS.digits;
  const made = new Set(Array.from({ length: 50 }, () => generate(40, alphabet)));
  assert.equal(made.size, 50);
  for (const each of made) assert.ok(each.length === 40 && [...each].every((letter) => alphabet.includes(letter)));
});

test("a long value in short shows where it becomes another", () => {
  const long = (middle: string) => `{"first": ${"a".repeat(40)},\n  ${middle}, "last": ${"z".repeat(40)}}`;
  assert.equal(cut("short", "other"), "short");
  assert.equal(cut("a\n  b\n"), "a ↵ b ↵ ");
  assert.equal(cut("0123456789".repeat(9)), "012345678901…678901234567890123456789");
  assert.equal(cut("x" + long(""), "y" + long("")), 'x{"first": a…zzzzzzzzzzzzzzzzzzzzzzz}');
  assert.equal(cut(long("5432"), long("5433")), '{"first": aa…aaaaa, ↵ 5432, "last": z…');
  assert.equal(cut(long("5433"), long("5432")), '{"first": aa…aaaaa, ↵ 5433, "last": z…');
  assert.equal(cut("y".repeat(41), "y".repeat(50)), "yyyyyyyyyyyy…yyyyyyyyyyyyyyyyyyyyyyyy");
});

test("the tree counts at every depth", () => {
  const root = hierarchy(["/a/b/c", "/a/b/d", "/a/e", "plain", "/x"].map((Name) => ({ Name })));
  assert.equal(root.count, 5);
  assert.deepEqual(
    root.folders.map(({ path, count, folders }) => [path, count, folders.map((each) => [each.path, each.count])]),
    [["/a", 3, [["/a/b", 2]]]],
  );
  assert.deepEqual(ancestry("/a/b"), ["/", "/a", "/a/b"]);
  assert.deepEqual(ancestry("/"), ["/"]);
});

test("metrics are read with their meaning", () => {
  const text = '# HELP jobs Jobs failed.\n# TYPE jobs counter\njobs_total{job="a"} 2.0\nother 1';
  assert.deepEqual(parseMetrics(text), [
    { name: 'jobs_total{job="a"}', meaning: "Jobs failed.", value: "2.0" },
    { name: "other", meaning: "", value: "1" },
  ]);
});

test("what is asked of the trail", () => {
  const now = new Date("2026-11-27T12:00:00Z");
  const asked = (address: string) => requestOf(fromQuery(new URLSearchParams(address)), now);
  assert.deepEqual(asked(""), { LookupAttributes: undefined, StartTime: new Date("2026-11-20T12:00:00Z"), EndTime: undefined });
  assert.deepEqual(asked("by=Username&is=al&range=1h").LookupAttributes, [{ AttributeKey: "Username", AttributeValue: "al" }]);
  assert.deepEqual(asked("range=1h").StartTime, new Date("2026-11-27T11:00:00Z"));
  assert.equal(asked("range=all").StartTime, undefined);
  const between = asked("range=between&from=2026-01-02T03:04:00.000Z&to=never");
  assert.deepEqual([between.StartTime, between.EndTime], [new Date("2026-01-02T03:04:00Z"), undefined]);
  // What is not known is as if it were not there.
  assert.deepEqual(asked("by=toString&is=x&range=constructor"), asked(""));
  for (const address of ["", "by=EventId&is=1", "range=all", "range=between&from=2026-01-02T03%3A04%3A00.000Z"]) {
    assert.equal(new URLSearchParams(toQuery(fromQuery(new URLSearchParams(address)))).toString(), address);
  }
  assert.equal(fromField(toField("2026-01-02T03:04:00.000Z")), "2026-01-02T03:04:00.000Z");
  assert.equal(toField("nonsense") + fromField(""), "");
});

test("a row of the trail", () => {
  const told = (record: object) => rowOf({ CloudTrailEvent: JSON.stringify(record) });
  assert.equal(told({ userIdentity: { arn: "arn:aws:sts::1:assumed-role/deploy/ci" } }).principal, "assumed-role/deploy/ci");
  assert.equal(told({ userIdentity: { type: "Unknown" } }).principal, "Unknown");
  assert.equal(told({ errorCode: "AccessDenied" }).error, "AccessDenied");
  assert.equal(told({ additionalEventData: { modeledError: "ParameterNotFound" } }).error, "ParameterNotFound");
  assert.equal(rowOf({ CloudTrailEvent: "{", Username: "al" }).record, "{");
});

test("what is selected among rows of which some are not drawn", () => {
  const page = Array.from({ length: 10 }, (_, index) => ({ ARN: `arn${index}` }));
  const elsewhere = { ARN: "elsewhere" };
  const above = { gap: "above" as const, rows: page.slice(0, 3), height: 0 };
  const below = { gap: "below" as const, rows: page.slice(5), height: 0 };
  const shown: Row[] = [above, ...page.slice(3, 5), below];
  const ids = (rows: readonly Row[]) => rows.map(idOf).join(" ");

  // The table's box for all, ticked and unticked.
  const all = chosen([elsewhere], shown, shown);
  assert.equal(all.length, 11);
  assert.equal(ids(marked(all, shown)), "above arn3 arn4 below");
  assert.equal(ids(chosen(all, [], shown)), "elsewhere");
  // One of those that are not drawn is missing, so not all are selected.
  assert.equal(ids(marked(all.slice(0, -1), shown)), "above arn3 arn4");
  // One row more, one less; the others stay.
  const one = chosen([elsewhere], [page[3]], shown);
  assert.equal(ids(one), "elsewhere arn3");
  assert.equal(toggled([elsewhere], one), page[3]);
  assert.equal(toggled(one, [elsewhere]), page[3]);
  assert.equal(toggled([elsewhere], all), undefined);
  // With Shift, from a row that is not drawn any more.
  assert.equal(ids(between(one, page, "arn8", "arn3")), "elsewhere arn3 arn4 arn5 arn6 arn7 arn8");
  assert.equal(ids(between([elsewhere, page[8]], page, "arn4", "arn3")), "elsewhere arn8");
  assert.equal(ids(between(one, page, "elsewhere", "arn3")), "elsewhere arn3");
});
