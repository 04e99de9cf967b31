import type { ParameterMetadata } from "@aws-sdk/client-ssm";
import type { TableProps } from "@cloudscape-design/components/table";
import { common } from "../i18n/common";
import { formatTime, say } from "../i18n/text";
import { BASE, parameterPath } from "../layout/links";

type Column = TableProps.ColumnDefinition<ParameterMetadata>;
type Sortable = string | number | undefined;

/** The name by which the server finds a parameter: that of another account is found by its ARN. */
export function nameToRead(parameter: ParameterMetadata, shared: boolean): string {
  return (shared ? parameter.ARN : parameter.Name) ?? "";
}

function column(id: string, header: string, show: (each: ParameterMetadata) => Sortable, more: Partial<Column> = {}): Column {
  const comparator = (one: ParameterMetadata, other: ParameterMetadata) => {
    const [a, b] = [show(one) ?? "", show(other) ?? ""];
    return a < b ? -1 : a > b ? 1 : 0;
  };
  return { id, header, cell: (each) => show(each) ?? "–", sortingComparator: comparator, ...more };
}

/** AWS's columns, in AWS's order. */
export function columns(shared: boolean): Column[] {
  const t = say(common);
  return [
    column("name", t.name, (each) => each.Name, {
      cell: (each) => (
        <a className="name" href={BASE + parameterPath(nameToRead(each, shared))}>
          {each.Name}
        </a>
      ),
      isRowHeader: true,
      width: 280,
      minWidth: 220,
    }),
    column("tier", t.tier, (each) => each.Tier, { width: 110 }),
    column("type", t.type, (each) => each.Type, { width: 130 }),
    column("modified", t.modified, (each) => each.LastModifiedDate?.getTime(), {
      cell: (each) => formatTime(each.LastModifiedDate),
      minWidth: 190,
    }),
    column("description", t.description, (each) => each.Description || undefined),
    column("version", t.version, (each) => each.Version),
    column("keyId", t.keyId, (each) => each.KeyId),
    column("dataType", t.dataType, (each) => each.DataType),
    column("pattern", t.pattern, (each) => each.AllowedPattern),
    column("policies", t.policies, (each) => each.Policies?.map((policy) => policy.PolicyType).join(", ") || undefined),
    column("modifiedBy", t.modifiedBy, (each) => each.LastModifiedUser),
  ];
}
