/** What a platform file may look like: a description of its JSON, which the validator checks and the JSON schema is made from. */

import { didYouMean } from "../nearest.js";
import type { Complaints } from "../program/complaints.js";
import type { JsonNode } from "./json.js";

export type Shape =
  /** `pattern`: what the whole text has to match, and how to say that. */
  | { readonly kind: "text"; readonly pattern?: RegExp; readonly example?: string }
  | { readonly kind: "boolean" }
  /** A positive integer. */
  | { readonly kind: "count" }
  /** A number of 0 or more. */
  | { readonly kind: "amount" }
  /** One of the words. */
  | { readonly kind: "word"; readonly words: readonly string[] }
  /** `each`: what one item is called. */
  | { readonly kind: "list"; readonly of: Shape; readonly each: string; readonly filled?: boolean }
  /** Keys of the user's choice, or of the given ones. */
  | { readonly kind: "map"; readonly of: Shape; readonly keys?: readonly string[]; readonly each: string }
  | { readonly kind: "record"; readonly fields: { readonly [name: string]: Field } }
  /** Checked by other means. */
  | { readonly kind: "any" }
  /** The alternatives start with different characters of JSON. */
  | { readonly kind: "either"; readonly shapes: readonly Exclude<Shape, { kind: "either" | "any" }>[] };

export interface Field {
  readonly shape: Shape;
  readonly optional?: boolean;
  /** For the schema: what an editor shows. */
  readonly says: string;
}

const ARTICLE: { readonly [kind in JsonNode["kind"]]: string } = {
  object: "an object",
  array: "a list",
  string: "a string",
  number: "a number",
  boolean: "true or false",
  null: "null",
};

/** The kind of JSON that a shape starts with. */
export function starts(shape: Exclude<Shape, { kind: "either" | "any" }>): JsonNode["kind"] {
  switch (shape.kind) {
    case "text":
    case "word":
      return "string";
    case "boolean":
      return "boolean";
    case "count":
    case "amount":
      return "number";
    case "list":
      return "array";
    case "map":
    case "record":
      return "object";
  }
}

export const quoted = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ");

/** Reports how a node differs from a shape. `what` names it in messages: `the place`, `the key \`when\``. */
export function checkShape(node: JsonNode, shape: Shape, what: string, complaints: Complaints): void {
  if (shape.kind === "any") return;
  if (shape.kind === "either") {
    const chosen = shape.shapes.find((candidate) => starts(candidate) === node.kind);
    if (chosen !== undefined) checkShape(node, chosen, what, complaints);
    else
      complaints.error(
        "platform",
        node.span,
        `${what} has to be ${shape.shapes.map((one) => ARTICLE[starts(one)]).join(" or ")}, not ${ARTICLE[node.kind]}`,
      );
    return;
  }
  if (starts(shape) !== node.kind) {
    const span = node.kind === "object" || node.kind === "array" ? { start: node.span.start, end: node.span.start + 1 } : node.span;
    complaints.error("platform", span, `${what} has to be ${ARTICLE[starts(shape)]}, not ${ARTICLE[node.kind]}`);
    return;
  }
  switch (node.kind) {
    case "string":
      if (shape.kind === "word" && !shape.words.includes(node.value)) {
        complaints.error(
          "platform",
          node.span,
          `${what} is \`${node.value}\`; expected one of ${quoted(shape.words)}`,
          didYouMean(node.value, shape.words),
        );
      }
      if (shape.kind === "text" && shape.pattern !== undefined && !shape.pattern.test(node.value)) {
        complaints.error("platform", node.span, `${what} is \`${node.value}\`; expected something like \`${shape.example ?? ""}\``);
      }
      return;
    case "number":
      if (shape.kind === "amount") {
        if (!(node.value >= 0)) complaints.error("platform", node.span, `${what} has to be a number of 0 or more`);
        return;
      }
      if (!Number.isInteger(node.value) || node.value < 1) complaints.error("platform", node.span, `${what} has to be a positive integer`);
      return;
    case "array":
      if (shape.kind !== "list") return;
      if (shape.filled === true && node.items.length === 0) complaints.error("platform", node.span, `${what} is empty`);
      for (const item of node.items) checkShape(item, shape.of, itemName(item, shape.each, what), complaints);
      return;
    case "object":
      if (shape.kind === "map") {
        for (const member of node.members) {
          if (shape.keys !== undefined && !shape.keys.includes(member.key)) {
            complaints.error(
              "platform",
              member.keySpan,
              `unknown ${shape.each} \`${member.key}\``,
              didYouMean(member.key, shape.keys) ?? `known are ${quoted(shape.keys)}`,
            );
          } else checkShape(member.value, shape.of, `the ${shape.each} \`${member.key}\``, complaints);
        }
      }
      if (shape.kind === "record") checkRecord(node, shape.fields, what, complaints);
      return;
    default:
      return;
  }
}

/** `the rule \`R1\`` where it says how it is called, `a rule in …` otherwise. */
function itemName(item: JsonNode, each: string, what: string): string {
  const name = item.kind === "object" ? item.members.find((member) => member.key === "id" || member.key === "name")?.value : undefined;
  return name?.kind === "string" ? `the ${each} \`${name.value}\`` : `${/^[aeiou]/.test(each) ? "an" : "a"} ${each} in ${what}`;
}

function checkRecord(
  node: JsonNode & { kind: "object" },
  fields: { readonly [name: string]: Field },
  what: string,
  complaints: Complaints,
): void {
  const names = Object.keys(fields);
  for (const member of node.members) {
    const field = Object.hasOwn(fields, member.key) ? fields[member.key] : undefined;
    if (field !== undefined) checkShape(member.value, field.shape, `\`${member.key}\` of ${what}`, complaints);
    else
      complaints.error(
        "platform",
        member.keySpan,
        `unknown key \`${member.key}\` in ${what}`,
        didYouMean(member.key, names) ?? `keys are ${quoted(names)}`,
      );
  }
  const missing = names.filter((name) => fields[name]?.optional !== true && !node.members.some((member) => member.key === name));
  if (missing.length > 0) {
    complaints.error("platform", { start: node.span.start, end: node.span.start + 1 }, `${what} lacks ${quoted(missing)}`);
  }
}
