/** A JSON reader that keeps positions and says what is wrong where. Strict JSON, and every mistake that people make in it is named. */
import type { Outcome, Problem, ProblemCode } from "../problem.js";
import type { Source, Span } from "../source.js";

/** A member of an object, with the places of its key and value. */
export interface JsonMember {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: JsonNode;
}

/** A value with its place in the text. */
export type JsonNode = { readonly span: Span } & (
  | { readonly kind: "object"; readonly members: readonly JsonMember[] }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "null" }
);

/** Nested deeper than any platform file needs. */
const DEPTH = 64;

class JsonError extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly span: Span,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

const ESCAPES: { readonly [letter: string]: string } = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** Reads a JSON text. Stops at the first mistake. */
export function parseJson(source: Source): Outcome<JsonNode> {
  const { text } = source;
  const duplicates: Problem[] = [];
  let at = text.startsWith("\uFEFF") ? 1 : 0;

  function fail(code: ProblemCode, start: number, end: number, message: string, hint?: string): never {
    throw new JsonError(code, { start, end: Math.max(end, start + 1) }, message, hint);
  }

  function skip(): void {
    while (at < text.length && " \t\r\n".includes(text.charAt(at))) at++;
    if (text.startsWith("//", at) || text.startsWith("/*", at))
      fail("unexpected-character", at, at + 2, "JSON has no comments", "put it into a `source` or `title`");
  }

  /** What stands at `at`, for messages. */
  function found(): string {
    if (at >= text.length) return "the end of the file";
    const word = /^[A-Za-z_]\w*/.exec(text.slice(at, at + 40))?.[0];
    return `\`${word ?? text.charAt(at)}\``;
  }

  function string(): string {
    const start = at;
    let result = "";
    at++;
    for (;;) {
      const character = text.charAt(at);
      if (character === "" || character === "\n") fail("unterminated", start, at, "this string is not closed");
      if (character === '"') {
        at++;
        return result;
      }
      if (character < " ") fail("unexpected-character", at, at + 1, "a control character stands in a string");
      if (character !== "\\") {
        result += character;
        at++;
        continue;
      }
      const letter = text.charAt(at + 1);
      const unicode = letter === "u" ? /^[0-9a-fA-F]{4}/.exec(text.slice(at + 2, at + 6))?.[0] : undefined;
      const escaped = unicode === undefined ? ESCAPES[letter] : String.fromCharCode(Number.parseInt(unicode, 16));
      if (escaped === undefined) fail("unexpected-character", at, at + 2, `\`\\${letter}\` is no escape of JSON`);
      result += escaped;
      at += unicode === undefined ? 2 : 6;
    }
  }

  /** After an item: true where another follows. */
  function another(close: string, start: number): boolean {
    skip();
    const character = text.charAt(at);
    if (character === close) {
      at++;
      return false;
    }
    if (character === "") fail("unterminated", start, start + 1, `this \`${text.charAt(start)}\` is not closed`);
    if (character !== ",") fail("syntax", at, at + 1, `expected \`,\` or \`${close}\`, found ${found()}`);
    const comma = at;
    at++;
    skip();
    if (text.charAt(at) === close) fail("syntax", comma, comma + 1, "JSON takes no comma after the last item", "delete the comma");
    return true;
  }

  function object(start: number, depth: number): JsonNode {
    const members: JsonMember[] = [];
    at++;
    skip();
    let more = text.charAt(at) !== "}";
    if (!more) at++;
    while (more) {
      skip();
      const keyStart = at;
      if (text.charAt(at) !== '"') {
        const hint = /[A-Za-z_']/.test(text.charAt(at)) ? "keys stand in double quotes" : undefined;
        fail(at >= text.length ? "unterminated" : "syntax", at, at + 1, `expected a key in double quotes, found ${found()}`, hint);
      }
      const key = string();
      const keySpan = { start: keyStart, end: at };
      skip();
      if (text.charAt(at) !== ":") fail("syntax", at, at + 1, `expected \`:\` after the key \`${key}\`, found ${found()}`);
      at++;
      const value = node(depth + 1);
      if (members.some((member) => member.key === key)) {
        duplicates.push({ code: "duplicate", severity: "error", span: keySpan, message: `the key \`${key}\` stands here twice` });
      }
      members.push({ key, keySpan, value });
      more = another("}", start);
    }
    return { kind: "object", members, span: { start, end: at } };
  }

  function array(start: number, depth: number): JsonNode {
    const items: JsonNode[] = [];
    at++;
    skip();
    let more = text.charAt(at) !== "]";
    if (!more) at++;
    while (more) {
      items.push(node(depth + 1));
      more = another("]", start);
    }
    return { kind: "array", items, span: { start, end: at } };
  }

  function node(depth: number): JsonNode {
    skip();
    const start = at;
    if (depth > DEPTH) fail("too-deep", start, start + 1, `nested deeper than ${DEPTH} levels`);
    const character = text.charAt(at);
    if (character === "{") return object(start, depth);
    if (character === "[") return array(start, depth);
    if (character === '"') return { kind: "string", value: string(), span: { start, end: at } };
    const rest = text.slice(at, at + 400);
    const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/.exec(rest)?.[0];
    if (number !== undefined) {
      at += number.length;
      return { kind: "number", value: Number(number), span: { start, end: at } };
    }
    const word = /^[A-Za-z_]\w*/.exec(rest)?.[0];
    if (word === "true" || word === "false" || word === "null") {
      at += word.length;
      const span = { start, end: at };
      return word === "null" ? { kind: "null", span } : { kind: "boolean", value: word === "true", span };
    }
    if (at >= text.length) fail("unterminated", Math.max(0, start - 1), start, "the file ends where a value is expected");
    const hint = word !== undefined || character === "'" ? "strings stand in double quotes" : undefined;
    return fail("syntax", start, start + (word?.length ?? 1), `expected a value, found ${found()}`, hint);
  }

  try {
    const value = node(0);
    skip();
    if (at < text.length) fail("syntax", at, at + 1, `expected the end of the file, found ${found()}`);
    return duplicates.length > 0 ? { ok: false, problems: duplicates } : { ok: true, value, problems: [] };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const problem: Problem = { code: error.code, severity: "error", span: error.span, message: error.message };
    return { ok: false, problems: [...duplicates, error.hint === undefined ? problem : { ...problem, hint: error.hint }] };
  }
}

/** The plain value that a node stands for. */
export function valueOf(node: JsonNode): unknown {
  switch (node.kind) {
    case "object":
      return Object.fromEntries(node.members.map((member) => [member.key, valueOf(member.value)]));
    case "array":
      return node.items.map(valueOf);
    case "null":
      return null;
    default:
      return node.value;
  }
}

/** Where the value at a path stands; where the path ends early, the last part that is there. */
export function spanAt(root: JsonNode, path: readonly (string | number)[]): Span {
  let at = root;
  for (const step of path) {
    const next: JsonNode | undefined =
      at.kind === "object"
        ? at.members.find((member) => member.key === step)?.value
        : at.kind === "array"
          ? at.items[step as number]
          : undefined;
    if (next === undefined) break;
    at = next;
  }
  // A whole object or list is long: its first character is enough.
  return at.kind === "object" || at.kind === "array" ? { start: at.span.start, end: at.span.start + 1 } : at.span;
}

/** Where a key stands; the value before it in the path where it is not there. */
export function keySpanAt(root: JsonNode, path: readonly (string | number)[], key: string): Span {
  let at: JsonNode | undefined = root;
  for (const step of path)
    at =
      at?.kind === "object"
        ? at.members.find((member) => member.key === step)?.value
        : at?.kind === "array"
          ? at.items[step as number]
          : undefined;
  const member = at?.kind === "object" ? at.members.find((candidate) => candidate.key === key) : undefined;
  return member?.keySpan ?? spanAt(root, path);
}
