/** The same request in the words of other clients. Values never stand in them: code is copied to where others read. */
import { type Draft, policiesOf } from "./draft";

export interface Snippet {
  id: string;
  label: string;
  code: string;
}

function shell(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function python(text: string): string {
  return JSON.stringify(text);
}

export function writing(draft: Draft, overwrite: boolean): Snippet[] {
  const policies = draft.tier === "Standard" ? undefined : policiesOf(draft.policies);
  const secure = draft.type === "SecureString" && draft.keyId && draft.keyId !== "alias/aws/ssm";
  const members: [flag: string, member: string, given: string | false | undefined][] = [
    ["--name", "Name", draft.name.trim() || "/myapp/name"],
    ["--type", "Type", draft.type],
    ["--tier", "Tier", draft.tier !== "Standard" && draft.tier],
    ["--description", "Description", draft.description],
    ["--key-id", "KeyId", secure && draft.keyId],
    ["--data-type", "DataType", draft.type === "String" && draft.dataType !== "text" && draft.dataType],
    ["--allowed-pattern", "AllowedPattern", draft.pattern],
    ["--policies", "Policies", policies],
  ];
  const given = members.filter((each): each is [string, string, string] => Boolean(each[2]));
  const tags = overwrite ? [] : draft.tags;
  const cli = [
    "aws ssm put-parameter",
    ...given.map(([flag, , word]) => `${flag} ${shell(word)}`),
    '--value "$VALUE"',
    ...(tags.length ? [`--tags ${tags.map(({ key, value }) => shell(`Key=${key},Value=${value}`)).join(" ")}`] : []),
    ...(overwrite ? ["--overwrite"] : []),
  ].join(" \\\n  ");
  const boto3 = [
    "import boto3",
    "",
    'ssm = boto3.Session(profile_name="parastore").client("ssm")',
    "ssm.put_parameter(",
    ...given.map(([, member, word]) => `    ${member}=${python(word)},`),
    "    Value=value,",
    ...(tags.length
      ? [`    Tags=[${tags.map(({ key, value }) => `{"Key": ${python(key)}, "Value": ${python(value)}}`).join(", ")}],`]
      : []),
    ...(overwrite ? ["    Overwrite=True,"] : []),
    ")",
  ].join("\n");
  return [
    { id: "cli", label: "AWS CLI", code: cli },
    { id: "boto3", label: "boto3", code: boto3 },
    ...reference(draft.name.trim() || "/myapp/name", draft.type === "SecureString"),
  ];
}

export function reading(name: string, secure: boolean): Snippet[] {
  const flag = secure ? " --with-decryption" : "";
  const argument = secure ? ", WithDecryption=True" : "";
  return [
    {
      id: "cli",
      label: "AWS CLI",
      code: `aws ssm get-parameter --name ${shell(name)}${flag} --query Parameter.Value --output text`,
    },
    {
      id: "boto3",
      label: "boto3",
      code: [
        "import boto3",
        "",
        'ssm = boto3.Session(profile_name="parastore").client("ssm")',
        `value = ssm.get_parameter(Name=${python(name)}${argument})["Parameter"]["Value"]`,
      ].join("\n"),
    },
    {
      id: "js",
      label: "JavaScript",
      code: [
        'import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";',
        "",
        "const ssm = new SSMClient({});",
        `const { Parameter } = await ssm.send(new GetParameterCommand({ Name: ${python(name)}${secure ? ", WithDecryption: true" : ""} }));`,
      ].join("\n"),
    },
    ...reference(name, secure),
  ];
}

function reference(name: string, secure: boolean): Snippet[] {
  return [{ id: "reference", label: "{{ssm:…}}", code: `{{${secure ? "ssm-secure" : "ssm"}:${name}}}` }];
}
