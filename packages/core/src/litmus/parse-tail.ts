/** What stands behind the threads: `locations`, `filter`, the condition, `expect`, `source`. */
import { nearest } from "../nearest.js";
import type { Span } from "../source.js";
import type { Cursor } from "./cursor.js";
import { parseProposition, parseTerm } from "./parse-condition.js";
import { parseObserved, skipKinds } from "./parse-observed.js";
import { endOfLine } from "./scan.js";
import type { Condition, Expectation, Proposition, StatedVerdict, Term } from "./test.js";

/** What has been read of it so far. */
export interface Tail {
  locations: Term[];
  filter: Proposition | undefined;
  condition: Condition | undefined;
  expects: Expectation[];
  sources: string[];
}

/** What stands behind the threads where nothing does. */
export function emptyTail(): Tail {
  return { locations: [], filter: undefined, condition: undefined, expects: [], sources: [] };
}

const tailWords: ReadonlySet<string> = new Set([
  "locations",
  "filter",
  "exists",
  "forall",
  "final",
  "expect",
  "source",
  "with",
  "observed",
  "Observed",
]);

/** True where one of the parts of the tail starts. herd7 reads a bare `(…)` as a condition. */
export function atTail(cursor: Cursor): boolean {
  if (cursor.at("~") || cursor.atWord("not")) return cursor.after().text === "exists";
  return cursor.at("(") || (cursor.at("word") && tailWords.has(cursor.token.text));
}

/** Reads one part into `tail`, the cursor standing at its beginning. */
export function parseTail(cursor: Cursor, tail: Tail): void {
  switch (cursor.token.text) {
    case "locations":
      tail.locations.push(...parseLocations(cursor));
      break;
    case "filter": {
      const { start, end } = cursor.advance();
      const filter = parseProposition(cursor);
      if (tail.filter !== undefined) cursor.report("duplicate", { start, end }, "a test has one `filter`", "join the two with `/\\`");
      tail.filter = filter;
      endProposition(cursor);
      break;
    }
    case "expect":
      parseExpect(cursor, tail.expects);
      break;
    case "source":
      parseSource(cursor, tail.sources);
      break;
    case "with":
      if (tail.condition === undefined) cursor.failExpected("the condition that `with` follows");
      else skipKinds(cursor);
      break;
    default:
      parseCondition(cursor, tail);
  }
}

/** `locations [0:r1; x; y;]`. Types, which herd7 allows behind a term, mean nothing here. */
function parseLocations(cursor: Cursor): Term[] {
  cursor.advance();
  const open = cursor.here;
  const list: Term[] = [];
  if (!cursor.expect("[", "`[` after `locations`", "write `locations [x; 0:r1;]`")) return list;
  while (!cursor.failing && !cursor.at("]") && !cursor.at("end")) {
    if (cursor.take(";")) continue;
    const term = parseTerm(cursor);
    if (cursor.failing) break;
    list.push(term);
    while (!cursor.onNewLine && (cursor.at("word") || cursor.at("*"))) cursor.advance();
    if (cursor.at(",")) cursor.failExpected("`;` or `]`", "terms are separated by `;`");
    else if (!cursor.at("]") && !cursor.at("end")) cursor.expectSemicolon("the term");
  }
  cursor.expectClosing("]", open);
  return list;
}

function parseCondition(cursor: Cursor, tail: Tail): void {
  const start = cursor.token.start;
  const negated = cursor.at("~") || cursor.atWord("not");
  if (negated) cursor.advance();
  const here = cursor.here;
  const observed = cursor.atWord("observed") || cursor.atWord("Observed");
  const word = cursor.at("(") ? "exists" : cursor.advance().text;
  const quantifier = negated ? "~exists" : word === "forall" ? "forall" : "exists";
  const proposition = observed ? parseObserved(cursor) : parseProposition(cursor);
  if (tail.condition !== undefined) cursor.report("duplicate", here, "a test has one condition", "put the second into a test of its own");
  tail.condition = { quantifier, proposition, span: cursor.span(start) };
  endProposition(cursor);
}

/** Behind a proposition the next part follows, or nothing. */
function endProposition(cursor: Cursor): void {
  if (cursor.failing) return;
  cursor.take(";");
  // What herd7 never looks at.
  if (cursor.at("<<")) cursor.jump(cursor.text.length, "outer");
  if (cursor.at("end") || (cursor.onNewLine && !cursor.at(")")) || (atTail(cursor) && !cursor.at("("))) return;
  cursor.failExpected("`/\\`, `\\/` or the end of the condition", cursor.at(")") ? "one `)` too many" : undefined);
}

const platformName = /[A-Za-z0-9_][A-Za-z0-9_+@.-]*/y;
const entryStart = /[A-Za-z0-9_][A-Za-z0-9_+@.-]*[ \t]*[:,]/y;

/** What herd7 and common speech call the verdicts. */
const verdictHints: ReadonlyMap<string, StatedVerdict> = new Map([
  ["allow", "allowed"],
  ["sometimes", "allowed"],
  ["always", "allowed"],
  ["possible", "allowed"],
  ["yes", "allowed"],
  ["ok", "allowed"],
  ["forbid", "forbidden"],
  ["never", "forbidden"],
  ["impossible", "forbidden"],
  ["no", "forbidden"],
  ["depend", "depends"],
  ["maybe", "depends"],
]);

const verdicts: readonly StatedVerdict[] = ["allowed", "forbidden", "depends", "unknown"];

/**
 * `expect a: allowed; b, c: forbidden`. It ends with its last verdict: an entry that follows is separated by `;`, or stands on a
 * line of its own and starts with a name and `:` or `,`.
 */
function parseExpect(cursor: Cursor, list: Expectation[]): void {
  cursor.advance();
  do {
    parseEntry(cursor, list);
    if (cursor.failing) return;
  } while (takeSeparator(cursor));
}

function takeSeparator(cursor: Cursor): boolean {
  if (cursor.take(";")) return atEntry(cursor) || (!cursor.onNewLine && cursor.at("word") && !atTail(cursor));
  if (cursor.onNewLine || cursor.at("end")) return atEntry(cursor);
  cursor.fail("syntax", cursor.here, `expected \`;\` or the end of the line, found ${cursor.found}`, "entries are separated by `;`");
  return false;
}

function atEntry(cursor: Cursor): boolean {
  entryStart.lastIndex = cursor.token.start;
  return entryStart.test(cursor.text);
}

function parseEntry(cursor: Cursor, list: Expectation[]): void {
  const names: { readonly platform: string; readonly span: Span }[] = [];
  do {
    const name = parsePlatformName(cursor);
    if (name === undefined) return;
    names.push(name);
  } while (cursor.take(","));
  if (!cursor.expect(":", "`:` and a verdict", "write `expect sn2: allowed`")) return;
  const here = cursor.here;
  if (cursor.onNewLine) {
    const missing = { start: cursor.previousEnd, end: cursor.previousEnd };
    cursor.fail("syntax", missing, "expected a verdict: allowed, forbidden, depends or unknown");
    return;
  }
  const word = cursor.expectWord("a verdict: allowed, forbidden, depends or unknown")?.text;
  if (word === undefined) return;
  const verdict = verdicts.find((each) => each === word);
  if (verdict === undefined) {
    const meant = verdictHints.get(word.toLowerCase()) ?? nearest(word, verdicts);
    const hint = meant === undefined ? undefined : `write \`${meant}\``;
    cursor.report("syntax", here, `\`${word}\` is not a verdict: allowed, forbidden, depends or unknown`, hint);
    return;
  }
  for (const each of names) {
    const other = list.findLast(({ platform }) => platform === each.platform);
    if (other !== undefined && other.verdict !== verdict) {
      const message = `\`${each.platform}\` was said to be ${other.verdict} before, and now ${verdict}`;
      cursor.warn("duplicate", each.span, message, "the last one holds; one of the two has to go");
    }
    list.push({ ...each, verdict });
  }
}

/** Names hold what a word does not: `arm64+pcie@6.19`, `sn2-tiocp`. */
function parsePlatformName(cursor: Cursor): { readonly platform: string; readonly span: Span } | undefined {
  const start = cursor.token.start;
  platformName.lastIndex = start;
  const platform = platformName.exec(cursor.text)?.[0];
  if (platform === undefined || cursor.at("end")) {
    cursor.failExpected("the name of a platform, or `all`");
    return undefined;
  }
  cursor.jump(start + platform.length, "outer");
  return { platform, span: { start, end: start + platform.length } };
}

/** `source "text"`, or `source` and the rest of the line. */
function parseSource(cursor: Cursor, list: string[]): void {
  const { end } = cursor.token;
  const line = endOfLine(cursor.text, end);
  const rest = cursor.text.slice(end, line);
  const text = rest.trim();
  if (text === "") {
    cursor.advance();
    cursor.report("syntax", { start: end, end }, "expected the text of the source on the same line", 'write `source "…"`');
    return;
  }
  if (!text.startsWith('"')) {
    cursor.jump(line, "outer");
    list.push(text);
    return;
  }
  cursor.advance();
  list.push(cursor.advance().text);
  if (cursor.take(";") || cursor.onNewLine || cursor.at("end")) return;
  cursor.failExpected("the end of the line after the source", 'a source is one string, or text without `"` at its beginning');
}
