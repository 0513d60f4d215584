/** The initial state: herd7's declarations, and those of devices, mappings and placement. */
import type { Cursor } from "./cursor.js";
import { refuseForeign } from "./foreign.js";
import { parseAttributes } from "./parse-attribute.js";
import { takeDescription } from "./parse-description.js";
import { atSigned, parseInteger, parseSigned } from "./parse-integer.js";
import { ownsRegisters, withMembers } from "./parse-member.js";
import { members, type Structures, takeStructure } from "./parse-struct.js";
import { atThreadPrefix, isThreadName, parseThreadName, parseThreadPrefix, takePercent } from "./parse-thread-name.js";
import { checkType, isTypeWord, parseStars, typeText } from "./parse-type.js";
import { atItem } from "./place.js";
import type { Token } from "./scan.js";
import type { Declaration, Initial, Space } from "./test.js";

/** Consumes `{ … }`, the current token being the `{`. `structures`: those described before it. */
export function parseInit(cursor: Cursor, structures: Structures = new Map()): Declaration[] {
  const open = cursor.here;
  cursor.advance();
  const list: Declaration[] = [];
  while (!cursor.at("}") && !atItem(cursor)) {
    if (cursor.take(";")) continue;
    list.push(...parseDeclaration(cursor, structures));
    if (!cursor.failing && !cursor.at("}")) {
      if (cursor.at(",")) cursor.failExpected("`;`", "one declaration for each location: `int x; int y;`");
      else cursor.expectSemicolon("the declaration");
    }
    if (cursor.failing) recover(cursor);
  }
  reportRepeated(cursor, list);
  if (!cursor.take("}")) cursor.report("unterminated", open, "the initial state is not closed", "add `}` before the first thread");
  return list;
}

/** A register starts with one value. (Locations are looked at where the members of structures are known.) */
function reportRepeated(cursor: Cursor, list: readonly Declaration[]): void {
  const seen = new Set<string>();
  for (const each of list) {
    if (each.kind !== "register") continue;
    const name = `${each.thread.replace(/^P/, "")}:${each.name}`;
    if (seen.has(name)) cursor.report("duplicate", each.span, `\`${name}\` is declared twice`, "one of the two has to go");
    seen.add(name);
  }
}

/** After an error: goes behind the next `;`, or in front of the closing brace. */
function recover(cursor: Cursor): void {
  let depth = 0;
  while (!atItem(cursor)) {
    if (cursor.at("{")) depth++;
    if (cursor.at("}") && depth-- === 0) break;
    const done = depth === 0 && cursor.at(";");
    cursor.advance();
    if (done) break;
  }
  cursor.recovered();
}

function parseDeclaration(cursor: Cursor, structures: Structures): readonly Declaration[] {
  const start = cursor.token.start;
  const next = cursor.at("word") ? cursor.after() : undefined;
  if (takeDescription(cursor, structures)) return [];
  switch (cursor.token.text) {
    case "device":
    case "thread":
      if (next?.kind === "word" && isThreadName(next.text)) return [parsePlacement(cursor, cursor.token.text)];
      break;
    case "line":
      if (next?.kind === "(") return [parseLine(cursor)];
      break;
    case "dma":
    case "mmio":
    case "port":
    case "config":
      if (next?.kind === "(" || next?.kind === "word" || next?.kind === "*") {
        const word = cursor.advance().text;
        const attributes = cursor.at("(") ? parseAttributes(cursor) : [];
        const space: Space = word === "mmio" || word === "port" || word === "config" ? word : "memory";
        return parseVariable(cursor, { start, space, dma: word === "dma", attributes }, structures);
      }
      break;
  }
  return parseVariable(cursor, { start, space: "memory", dma: false, attributes: [] }, structures);
}

/** A location, or the members of a structure; none where a structure is only described. */
function parseVariable(cursor: Cursor, prefix: Prefix, structures: Structures): readonly Declaration[] {
  const fields = takeStructure(cursor, structures);
  if (fields !== undefined && (cursor.failing || cursor.at(";"))) return [];
  const list: Declaration[] = [];
  let type: string | undefined;
  do {
    const found = parseLocation(cursor, prefix, type);
    if (found === undefined) break;
    if (fields !== undefined && found.kind === "location") list.push(...members(cursor, found, fields));
    else {
      list.push(found);
      if (found.kind === "location" && namesMembers(found.value))
        cursor.report("arguments", found.span, "values by names are for structures", "write `int x[2] = {1, 2};`");
    }
    // `int x, y;`: what the next one's stars stand behind.
    type = found.kind === "location" ? found.type?.replace(/[ *]+$/, "") : undefined;
  } while (!cursor.failing && (fields !== undefined || type !== undefined) && cursor.take(","));
  return list;
}

const namesMembers = (value: Initial | undefined): boolean =>
  value?.kind === "list" && (value.names !== undefined || value.items.some(namesMembers));

/** `device D0(bridge=0)`, `thread P0(user)`. */
function parsePlacement(cursor: Cursor, kind: "device" | "thread"): Declaration {
  const { start } = cursor.advance();
  const here = cursor.here;
  const name = parseThreadName(cursor);
  if (name.startsWith("D") !== (kind === "device")) {
    cursor.report("syntax", here, `${name} is not a ${kind}`, "`device D0(…)` places a device, `thread P0(…)` a CPU thread");
  }
  const attributes = cursor.at("(") ? parseAttributes(cursor) : [];
  return { kind, name, attributes, span: cursor.span(start) };
}

/** `line(x, y)`. */
function parseLine(cursor: Cursor): Declaration {
  const { start } = cursor.advance();
  const open = cursor.here;
  cursor.advance();
  const names: string[] = [];
  do {
    const name = cursor.expectWord("the name of a location");
    if (name !== undefined) names.push(withMembers(cursor, name.text));
  } while (!cursor.failing && cursor.take(","));
  cursor.expectClosing(")", open);
  return { kind: "line", names, span: cursor.span(start) };
}

interface Prefix {
  readonly start: number;
  readonly space: Space;
  readonly dma: boolean;
  readonly attributes: Extract<Declaration, { kind: "location" }>["attributes"];
}

/** A type, if any and not yet read (`base`); a location or a register; a value, if any. */
function parseLocation(cursor: Cursor, prefix: Prefix, base?: string): Declaration | undefined {
  const type = base === undefined ? parseType(cursor) : typeText([base, ...parseStars(cursor)]);
  const thread = atThreadPrefix(cursor) ? parseThreadPrefix(cursor) : undefined;
  if (thread !== undefined) return parseRegister(cursor, prefix, type, thread);
  const open = cursor.here;
  const bracketed = cursor.take("[");
  if (refuseForeign(cursor, false)) return undefined;
  const first = cursor.expectWord("the name of a location");
  if (first === undefined) return undefined;
  const owned = cursor.at(".") && ownsRegisters(first.text);
  if (owned) cursor.advance();
  const second = owned ? cursor.expectWord("the register's name after `.`") : undefined;
  const array = withMembers(cursor, second?.text ?? first.text);
  if (bracketed) cursor.expectClosing("]", open);
  const length = !bracketed && cursor.at("[") ? parseLength(cursor) : undefined;
  // `ring[2].own`: a member of so many structures.
  const name = length === undefined ? array : withMembers(cursor, array);
  const field = name === array ? {} : { field: name.slice(array.length + 1) };
  const value = !cursor.failing && takeEquals(cursor) ? parseInitial(cursor) : undefined;
  if (cursor.failing) return undefined;
  const { start, ...where } = prefix;
  if (length !== undefined && value !== undefined && value.kind !== "list" && !("field" in field)) {
    cursor.report(
      "syntax",
      cursor.span(start),
      "an array takes a list of values",
      `write \`int ${name}[${length}] = {…}\` with all of them`,
    );
  }
  return {
    kind: "location",
    ...where,
    type,
    owner: owned ? first.text : undefined,
    name,
    length,
    ...field,
    value,
    span: cursor.span(start),
  };
}

function takeEquals(cursor: Cursor): boolean {
  if (cursor.at("==")) cursor.report("syntax", cursor.here, "`==` compares; an initial value is given with `=`", "write `=`");
  return cursor.take("=") || cursor.take("==");
}

function parseRegister(cursor: Cursor, prefix: Prefix, type: string | undefined, thread: string): Declaration | undefined {
  takePercent(cursor);
  const name = cursor.expectWord("the name of a register after `:`");
  if (name === undefined) return undefined;
  if (prefix.dma || prefix.space !== "memory") {
    cursor.report("syntax", cursor.span(prefix.start), "a register of a thread is not a location: it cannot be mapped");
  }
  const value = takeEquals(cursor) ? parseInitial(cursor) : undefined;
  if (cursor.failing) return undefined;
  return { kind: "register", thread, type, name: name.text, value, span: cursor.span(prefix.start) };
}

function parseLength(cursor: Cursor): number {
  const open = cursor.here;
  cursor.advance();
  const span = cursor.here;
  const length = parseInteger(cursor);
  if (length < 1) cursor.report("syntax", span, "an array has at least one element");
  cursor.expectClosing("]", open);
  return length;
}

/** The words and stars before the name, which is the last word, a `[x]`, a `0:r1` or a `D0.reg`. */
function parseType(cursor: Cursor): string | undefined {
  const { start } = cursor.token;
  const parts: string[] = [];
  while (!cursor.failing) {
    if (cursor.at("*")) {
      parts.push(cursor.advance().text);
      continue;
    }
    if (!cursor.at("word")) break;
    const tagged = cursor.atWord("struct") || cursor.atWord("union") || cursor.atWord("enum");
    const next = cursor.after();
    if (!tagged && !continuesType(cursor, next)) break;
    parts.push(cursor.advance().text);
    if (tagged) parts.push(cursor.expectWord("the name of the structure")?.text ?? "");
  }
  checkType(cursor, start, parts);
  return parts.length === 0 ? undefined : typeText(parts);
}

/** True if the current word belongs to the type, by what follows it. */
function continuesType(cursor: Cursor, next: Token): boolean {
  // A new line: the word was the name and its semicolon is missing.
  if (!isTypeWord(cursor.token.text) && cursor.breaks(cursor.token.end, next.start)) return false;
  if (next.kind === "[") return cursor.after(next).kind === "word";
  return next.kind === "word" || next.kind === "*" || next.kind === "number";
}

/** What an initialiser that is written as a call or a constant of the kernel's gives. */
const takesInteger = new Set(["ATOMIC_INIT", "ATOMIC64_INIT", "ATOMIC_LONG_INIT", "REFCOUNT_INIT"]);
const constants: ReadonlyMap<string, number> = new Map([
  ["NULL", 0],
  ["false", 0],
  ["true", 1],
]);

function parseInitial(cursor: Cursor): Initial {
  if (atSigned(cursor)) {
    const value = parseSigned(cursor);
    if (cursor.at(":")) cursor.fail("unsupported", cursor.here, "the address of an instruction is not part of the language");
    return { kind: "integer", value };
  }
  if (cursor.at("{")) return cursor.nested(zero, () => parseList(cursor));
  const ampersand = cursor.take("&");
  if (refuseForeign(cursor, true)) return zero;
  const name = cursor.expectWord("a value: an integer, the name of a location, or a list in braces");
  if (name === undefined) return zero;
  const constant = constants.get(name.text);
  const unlocked = isUnlocked(name.text);
  if (ampersand && (constant !== undefined || unlocked)) {
    cursor.fail("syntax", { start: name.start, end: name.end }, `\`${name.text}\` is not a location: it has no address`);
  }
  if (constant !== undefined) return { kind: "integer", value: constant };
  if (unlocked) return parseUnlocked(cursor);
  if (cursor.at("(")) return parseInitialiser(cursor, name);
  const place = ownsRegisters(name.text) ? name.text : withMembers(cursor, name.text);
  if (cursor.at("."))
    cursor.fail("unsupported", cursor.span(name.start), "the address of a register of a device cannot be an initial value");
  if (cursor.failing || !cursor.at("[")) return { kind: "address", name: place };
  const open = cursor.here;
  cursor.advance();
  const index = parseInteger(cursor);
  cursor.expectClosing("]", open);
  return index === 0 ? { kind: "address", name: place } : { kind: "address", name: place, index };
}

/** `SPIN_LOCK_UNLOCKED`, `__MUTEX_INITIALIZER(m)` and their like. */
function isUnlocked(name: string): boolean {
  return name.endsWith("LOCK_UNLOCKED") || name.endsWith("_INITIALIZER");
}

const zero: Initial = { kind: "integer", value: 0 };

function parseList(cursor: Cursor): Initial {
  cursor.advance();
  const items: Initial[] = [];
  const names: (string | undefined)[] = [];
  while (!cursor.failing && !cursor.at("}")) {
    names.push(cursor.at(".") ? parseDesignator(cursor) : undefined);
    items.push(parseInitial(cursor));
    if (!cursor.take(",")) break;
  }
  cursor.expect("}", "`,` or `}` in the list");
  return names.every((name) => name === undefined) ? { kind: "list", items } : { kind: "list", items, names };
}

/** `.own =`, `.head.next =`. */
function parseDesignator(cursor: Cursor): string {
  cursor.advance();
  const first = cursor.expectWord("the name of a member after `.`");
  const name = first === undefined ? "" : withMembers(cursor, first.text);
  cursor.expect("=", "`=` and the member's value");
  return name;
}

/** `ATOMIC_INIT(3)`. */
function parseInitialiser(cursor: Cursor, name: Token): Initial {
  if (!takesInteger.has(name.text)) {
    const span = { start: name.start, end: name.end };
    cursor.fail(
      "unknown-call",
      span,
      `\`${name.text}\` is not known as an initial value`,
      "known are `ATOMIC_INIT(n)` and the locks' `…_UNLOCKED`",
    );
    return zero;
  }
  const open = cursor.here;
  cursor.advance();
  const value = parseSigned(cursor);
  cursor.expectClosing(")", open);
  return { kind: "integer", value };
}

/** A lock that is free: 0, whatever its argument. */
function parseUnlocked(cursor: Cursor): Initial {
  const open = cursor.here;
  if (cursor.take("(")) {
    cursor.expectWord("the name of the lock");
    cursor.expectClosing(")", open);
  }
  return zero;
}
