/** A thread: `P0(int *x) on msi(D0) cpu(1) { … }`, `D1(int *y) in(D0) { … }`. */
import type { Cursor } from "./cursor.js";
import { parseAttribute } from "./parse-attribute.js";
import { parseBody } from "./parse-body.js";
import { parseInteger } from "./parse-integer.js";
import { withMembers } from "./parse-member.js";
import { isThreadName, parseThreadName } from "./parse-thread-name.js";
import { isTypeKeyword, parseBaseType, parseStars, typeText } from "./parse-type.js";
import { atItem, isReturned } from "./place.js";
import type { Clause, Thread } from "./test.js";

/** Consumes a whole thread, the cursor standing at its head (`place.ts`). */
export function parseThread(cursor: Cursor): Thread {
  const start = cursor.token.start;
  while (cursor.at("word") && isReturned(cursor.token.text)) {
    cursor.advance();
    cursor.take("*");
  }
  const name = parseThreadName(cursor);
  const role = name.startsWith("D") ? "device" : "cpu";
  const parameters = parseParameters(cursor);
  recoverBefore(cursor);
  const clauses = parseClauses(cursor);
  recoverBefore(cursor);
  if (!cursor.at("{")) {
    cursor.report("syntax", { start: cursor.previousEnd, end: cursor.previousEnd }, `expected \`{\` and the body of ${name}`, "add `{`");
    if (atItem(cursor)) return { name, role, parameters, clauses, body: [], span: cursor.span(start) };
  }
  const body = parseBody(cursor, name);
  return { name, role, parameters, clauses, body, span: cursor.span(start) };
}

/** After an error in the head: the body, or whatever starts a line, stands next. */
function recoverBefore(cursor: Cursor): void {
  if (!cursor.failing) return;
  while (!cursor.at("{") && !cursor.at("end") && !cursor.onNewLine) cursor.advance();
  cursor.recovered();
}

type Parameter = Thread["parameters"][number];

function parseParameters(cursor: Cursor): Parameter[] {
  const open = cursor.here;
  cursor.advance();
  const list: Parameter[] = [];
  if (cursor.atWord("void") && cursor.after().kind === ")") cursor.advance();
  if (!cursor.at(")")) {
    do {
      const parameter = parseParameter(cursor);
      if (parameter !== undefined) list.push(parameter);
    } while (!cursor.failing && cursor.take(","));
  }
  cursor.expectClosing(")", open);
  return list;
}

const parameterHint = "a parameter is a pointer to the location of its name: `int *x`";

function parseParameter(cursor: Cursor): Parameter | undefined {
  const start = cursor.token.start;
  const base = parseBaseType(cursor);
  const type = typeText([...base, ...parseStars(cursor)]);
  const keyword = cursor.at("word") && isTypeKeyword(cursor.token.text);
  if (keyword) cursor.advance();
  const name = cursor.expectWord(keyword || type !== "" ? "the name of the parameter" : "a parameter", parameterHint);
  if (name === undefined) return undefined;
  if (base.length === 0) {
    cursor.report("syntax", { start, end: name.end }, `the parameter ${name.text} has no type`, `write \`int *${name.text}\``);
  }
  return { type, name: name.text, span: cursor.span(start) };
}

function parseClauses(cursor: Cursor): Clause[] {
  const list: Clause[] = [];
  // A name on a new line followed by `=` or `;` is the body already: its brace is missing.
  while (!cursor.failing && cursor.at("word") && !atItem(cursor) && !atStatement(cursor)) {
    const clause = cursor.atWord("on") ? parseOn(cursor) : parseNamed(cursor);
    if (clause !== undefined) list.push(clause);
    cursor.take(",");
  }
  return list;
}

function atStatement(cursor: Cursor): boolean {
  return cursor.onNewLine && !clauseNames.has(cursor.token.text);
}

const clauseNames = new Set(["on", "user", "cpu", "node", "in"]);

function parseNamed(cursor: Cursor): Clause | undefined {
  const attribute = parseAttribute(cursor);
  return attribute === undefined ? undefined : { kind: "attribute", ...attribute };
}

const eventsHint = "a handler runs `on msi(D0)`, `on msi(D0, 2)`, `on intx(D0)`, `on write(D0.reg)`, `on read(D0.reg)` or `on tell(D0)`";

/** `on msi(D0, 2)`. An MSI-X is an MSI here: both are posted writes with a vector. */
function parseOn(cursor: Cursor): Clause | undefined {
  const { start } = cursor.advance();
  const here = cursor.here;
  const word = cursor.expectWord("the event that runs the handler", eventsHint)?.text.toLowerCase();
  if (word === undefined) return undefined;
  const event = word === "msix" ? "msi" : word;
  if (event !== "msi" && event !== "intx" && event !== "write" && event !== "read" && event !== "tell") {
    cursor.fail("syntax", here, `nothing runs on \`${word}\``, eventsHint);
    return undefined;
  }
  const open = cursor.here;
  if (!cursor.expect("(", `\`(\` after \`${word}\``, eventsHint)) return undefined;
  const device = parseDevice(cursor);
  let register: string | undefined;
  let vector = 0;
  if (event === "write" || event === "read") {
    cursor.expect(".", "`.` and the name of the register", eventsHint);
    const first = cursor.failing ? undefined : cursor.expectWord("the name of the register")?.text;
    register = first === undefined ? undefined : withMembers(cursor, first);
  } else if (event === "msi" && cursor.take(",")) {
    vector = parseInteger(cursor);
  }
  cursor.expectClosing(")", open);
  return { kind: "on", event, device, register, vector, span: cursor.span(start) };
}

function parseDevice(cursor: Cursor): string {
  if (cursor.at("word") && isThreadName(cursor.token.text) && cursor.token.text.startsWith("D")) return parseThreadName(cursor);
  // `HOST.reg` is a register too, behind no device's BAR.
  return cursor.expectWord("the name of a device, such as `D0`")?.text ?? "";
}
