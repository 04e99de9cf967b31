/** The filter bar's tokens, the address bar's `filter=` and DescribeParameters' ParameterFilters: one thing, three forms. */
import type { ParameterStringFilter } from "@aws-sdk/client-ssm";
import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import { common } from "../i18n/common";
import { say } from "../i18n/text";
import { words } from "./text";

export type Token = PropertyFilterProps.Token;

const OPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Name: { ":": "Contains", "=": "Equals", "^": "BeginsWith" },
  Path: { "^": "Recursive", "=": "OneLevel" },
  Type: { "=": "Equals" },
  Tier: { "=": "Equals" },
  KeyId: { "=": "Equals", "^": "BeginsWith" },
  DataType: { "=": "Equals", "^": "BeginsWith" },
  tag: { "=": "Equals", "^": "BeginsWith" },
};

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  Type: ["String", "StringList", "SecureString"],
  Tier: ["Standard", "Advanced"],
  DataType: ["text", "aws:ec2:image", "aws:ssm:integration"],
};

export function filteringProperties(): PropertyFilterProps.FilteringProperty[] {
  const c = say(common);
  const t = say(words);
  const labels: Record<string, string> = {
    Name: c.name,
    Path: t.path,
    Type: c.type,
    Tier: c.tier,
    KeyId: c.keyId,
    DataType: c.dataType,
    tag: t.tag,
  };
  return Object.entries(OPTIONS).map(([key, options]) => ({
    key,
    propertyLabel: labels[key] ?? key,
    groupValuesLabel: labels[key] ?? key,
    operators: Object.keys(options).map((operator) => ({
      operator: operator as PropertyFilterProps.ComparisonOperator,
      tokenType: key in CHOICES && operator === "=" ? ("enum" as const) : ("value" as const),
    })),
    defaultOperator: (key === "Path" ? "^" : key === "Name" ? ":" : "=") as PropertyFilterProps.ComparisonOperator,
  }));
}

export function filteringOptions(): PropertyFilterProps.FilteringOption[] {
  return Object.entries(CHOICES).flatMap(([propertyKey, values]) => values.map((value) => ({ propertyKey, value })));
}

function valuesOf(token: Token): string[] {
  return (Array.isArray(token.value) ? token.value : [token.value]).map(String).filter(Boolean);
}

/** The filters of a list: what the filter bar says, and where in the tree it looks. */
export function filtersOf(tokens: readonly Token[], path: string): ParameterStringFilter[] {
  return toFilters(path === "/" ? tokens : [...tokens, { propertyKey: "Path", operator: "^", value: path }]);
}

/** Tokens of one key and operator become one filter with several values, of which any may hold: AWS wants each key once. */
function toFilters(tokens: readonly Token[]): ParameterStringFilter[] {
  const filters = new Map<string, { Key: string; Option: string; Values: string[] }>();
  for (const token of tokens) {
    for (let value of valuesOf(token)) {
      let key = token.propertyKey ?? "Name";
      const option = OPTIONS[key]?.[token.propertyKey ? token.operator : ":"];
      if (!option) continue;
      if (key === "tag") {
        const [name = "", ...rest] = value.split("=");
        key = `tag:${name.trim()}`;
        value = rest.join("=").trim();
      }
      const id = `${key} ${option}`;
      const filter = filters.get(id) ?? { Key: key, Option: option, Values: [] };
      if (value) filter.Values.push(value);
      filters.set(id, filter);
    }
  }
  return [...filters.values()].map(({ Values, ...filter }) => (Values.length ? { ...filter, Values } : filter));
}

export function toQuery(tokens: readonly Token[]): string[] {
  return tokens.map((token) => [token.propertyKey ?? "Name", token.propertyKey ? token.operator : ":", ...valuesOf(token)].join("~"));
}

export function fromQuery(written: readonly string[]): Token[] {
  return written.flatMap((each) => {
    const [propertyKey = "", operator = "", ...values] = each.split("~");
    if (!OPTIONS[propertyKey]?.[operator] || !values.length) return [];
    const isChoice = propertyKey in CHOICES && operator === "=";
    return [{ propertyKey, operator: operator as Token["operator"], value: isChoice ? values : values.join("~") }];
  });
}
