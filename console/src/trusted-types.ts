/**
 * The content security policy lets no text become markup (Trusted Types). IAM answers in XML, which the SDK reads with the
 * browser's DOMParser: that document is never shown and runs nothing, so this one way is let through, and no other.
 */
interface Factory {
  createPolicy(name: string, rules: { createHTML(text: string, type: string, sink: string): string | null }): unknown;
}

export function allowParsing(): void {
  const factory = (window as { trustedTypes?: Factory }).trustedTypes;
  factory?.createPolicy("default", {
    createHTML: (text, _type, sink) => (sink === "DOMParser parseFromString" ? text : null),
  });
}
