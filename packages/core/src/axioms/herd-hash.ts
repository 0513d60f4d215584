/**
 * herd7's name for what a test says, the `Hash` of its output: tools that compare logs (mcompare7) tell by it that two tests of one name are one test.
 * It is the MD5 of the MD5s of four texts: the initial state and the threads' parameters, sorted; the bodies as they stand in the file; the locations that the condition and `locations` name, sorted.
 * Texts as herd7's own lexer sees them; what it would not read has no hash.
 */
import { atomsOf } from "../litmus/proposition.js";
import { endOfNestedComment } from "../litmus/scan.js";
import type { Proposition, Term, Test } from "../litmus/test.js";
import { madeOnce } from "./made-once.js";
import { hexadecimal, md5, md5OfText } from "./md5.js";

interface Place {
  /** Undefined: a location. */
  readonly thread: number | undefined;
  readonly name: string;
  /** An element of an array. */
  readonly index?: number;
}

/** The hash of a test whose file is `text`; the file's own where it states one (as diy's do); undefined where herd7 would not read the file. */
export function herdHash(test: Test, text: string): string | undefined {
  const stated = test.info.find(({ key }) => key.toLowerCase() === "hash");
  if (stated !== undefined) return stated.value;
  const parts = sections(text);
  const threads = parts && functions(parts.program);
  const init = parts && initDigest(parts.init);
  if (threads === undefined || init === undefined) return undefined;
  const program = md5OfText(`${threads.map((each) => ` ${each} `).join("|")};\n`);
  return hexadecimal(md5(infoDigest(test) + init + program + observedDigest(test)));
}

/** What short texts came to before: tests of one collection have few initial states, few conditions and few heads of threads. */
function remembering<Result>(make: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    let result = known.get(text);
    if (result !== undefined || known.has(text)) return result as Result;
    result = make(text);
    if (text.length <= LONGEST && known.size < MOST) known.set(text, result);
    return result;
  };
}

const LONGEST = 500;
const MOST = 2000;

const initDigest = remembering((text) => {
  const init = initialState(text);
  return init === undefined ? undefined : md5OfText(init.join("; "));
});

/** What the condition and `locations` name; a filter names nothing. */
function observedDigest({ condition, locations }: Test): string {
  if (locations.length === 0 && condition !== undefined) return conditionDigest(condition.proposition);
  return placesDigest([...locations, ...comparedTerms(condition?.proposition)]);
}

/** By the tree of the condition, which many tests share. */
const conditionDigest = madeOnce((proposition: Proposition) => placesDigest(comparedTerms(proposition)));

const DIGESTED = ["cachetype", "memorytype", "mt"];

/** Of the lines of the header, those that change what a test means. */
function infoDigest({ info }: Test): string {
  const lines = info.map(({ key, value }) => [key.toLowerCase(), value] as const).filter(([key]) => DIGESTED.includes(key));
  if (lines.length === 0) return "";
  const sorted = lines.sort(([a], [b]) => (a < b ? 1 : -1));
  return md5OfText(sorted.map((line) => line.join("=")).join(""));
}

/** The first line with the quoted one below it. */
const HEADER = /^[ \t\r]*C[ \t\r]+[^\s("]+[ \t\r]*(?:\([A-Za-z][\w/.-]*\)[ \t\r]*)?(?:\n?[ \t\r]*"[^"]*"[ \t\r]*)?/;

function sections(text: string): { readonly init: string; readonly program: string } | undefined {
  let at = HEADER.exec(text)?.[0].length;
  if (at === undefined) return undefined;
  // A comment is one only where nothing follows its opening in the line; other lines are passed over up to a brace.
  while (at < text.length && text[at] !== "{")
    at = /^\(\*[\n{]/.test(text.slice(at, at + 3)) ? (endOfNestedComment(text, at) ?? text.length) : skipped(LINE, text, at);
  const end = closing(text, at);
  return end === undefined ? undefined : { init: text.slice(at + 1, end), program: text.slice(end + 1) };
}

/** Where the brace that opens at `start` is closed; comments are not looked for, as in herd7. */
function closing(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x7b) depth++;
    else if (code === 0x7d && --depth === 0) return at;
  }
  return undefined;
}

const LINE = /\n|[^\n{]+/y;

const COMMENT = /\/\*[^]*?\*\/|\/\/[^\n]*/g;
const BETWEEN = /(?:\s|\/\*[^]*?\*\/|\/\/[^\n]*)*/y;
const HEAD = /(?:void\s*\*?\s*)?P(\d+)\s*\(([^)]*)\)/y;

/** The threads, as herd7 prints them for the digest, and what stands in braces beside them. */
function functions(program: string): readonly string[] | undefined {
  const found: string[] = [];
  for (let at = 0; ; ) {
    const brace = program.indexOf("{", at);
    const before = brace === -1 ? undefined : knownHead(program.slice(at, brace));
    const { open, text } = before === undefined || before.open < 0 ? headAt(program, at) : { open: brace, text: before.text };
    if (program[open] !== "{") return found;
    const end = closing(program, open);
    if (end === undefined || text === undefined) return undefined;
    const body = program.slice(open + 1, end);
    at = end + 1;
    found.push(text === "" ? `{${body}}\n\n` : `${text} {\n${body}\n}\n`);
  }
}

/** What stands before a brace, with the brace that it leads to. */
interface Head {
  /** Where the brace is. */
  readonly open: number;
  /** `P0(int* x)`; empty where no thread begins, undefined where herd7 would not read it. */
  readonly text: string | undefined;
}

/** The head that starts at an offset, behind blanks and comments. */
function headAt(program: string, at: number): Head {
  const start = skipped(BETWEEN, program, at);
  HEAD.lastIndex = start;
  const [head = "", number, parameters = ""] = HEAD.exec(program) ?? [];
  const open = skipped(BETWEEN, program, start + head.length);
  if (number === undefined) return { open, text: "" };
  const read = parameters.replace(COMMENT, "").trim() === "" ? [] : parameters.split(",").map(parameter);
  return { open, text: read.some((each) => each === undefined) ? undefined : `P${Number(number)}(${read.join(", ")})` };
}

/** The same of a text that ends before the first brace; `open` is -1 where it is no head as far as that. */
const knownHead = remembering((text): Head => {
  const { open, text: head } = headAt(`${text}{`, 0);
  return { open: open === text.length ? open : -1, text: head };
});

function skipped(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

const PLAIN = /^\s*(\w+)\s*\*\s*(\w+)\s*$/;

/** `volatile int *x`, its words in the order of herd7's printer. */
function parameter(text: string): string | undefined {
  const [, one, plain] = PLAIN.exec(text) ?? [];
  if (one !== undefined && one !== "atomic_int") return `${one}* ${plain}`;
  const words = text.replace(COMMENT, " ").match(/\w+|\*|\S/g) ?? [];
  const name = words.pop();
  if (name === undefined || words.pop() !== "*" || !/^\w+$/.test(name)) return undefined;
  const before = words.findIndex((word) => !QUALIFIERS.has(word));
  if (before === -1) return undefined;
  const struct = words[before] === "struct";
  const base = struct ? `struct ${words[before + 1]}` : (words[before] as string);
  let type: Written = base === "atomic_int" ? qualified("_Atomic", { text: "int", bare: true }) : { text: base, bare: true };
  for (const qualifier of words.slice(0, before).reverse()) type = qualified(qualifier, type);
  for (const word of words.slice(before + (struct ? 2 : 1))) {
    if (word === "*") type = { text: `${type.text}*`, bare: false };
    else if (QUALIFIERS.has(word)) type = qualified(word, type);
    else return undefined;
  }
  return `${type.text}* ${name}`;
}

/** A type, and whether it is a name alone. */
interface Written {
  readonly text: string;
  readonly bare: boolean;
}

const QUALIFIERS: ReadonlySet<string> = new Set(["volatile", "const", "_Atomic"]);

function qualified(qualifier: string, { text, bare }: Written): Written {
  if (qualifier === "const" || (qualifier === "volatile" && !bare)) return { text: `${text} ${qualifier}`, bare: false };
  return { text: bare ? `${qualifier} ${text}` : `${qualifier} (${text})`, bare: false };
}

/** One declaration: `P0:r1`, `int x = 1`, `int *p = &x`, `int a[2] = {0, 1}`, `[x] = 1`. */
const DECLARATION =
  /^(?:(_Atomic)\s+)?(?:([A-Za-z_][\w.]*)\s*(?=[\s*]))?(\*)?\s*(?:P?(\d+)\s*:\s*%?)?(?:\[\s*([A-Za-z_$][\w.]*)\s*\]|([A-Za-z_$][\w.]*))\s*(?:\[\s*(0[xX][\da-fA-F]+|\d+)\s*\])?\s*(?:=\s*([^]*))?$/;

/** What the initial state says, sorted by what they are about, as herd7 prints it. */
function initialState(text: string): readonly string[] | undefined {
  const said: (Place & { readonly text: string })[] = [];
  for (const item of withoutComments(text).split(";")) {
    if (item.trim() === "") continue;
    const [whole, atomic, type, star, thread, bracketed, plain, length, value] = DECLARATION.exec(item.trim()) ?? [];
    const name = bracketed ?? plain;
    if (whole === undefined || name === undefined) return undefined;
    const place: Place = { thread: thread === undefined ? undefined : Number(thread), name };
    if (length !== undefined) {
      said.push({ ...place, text: `${type} ${name}[${Number(length)}]` });
      continue;
    }
    const shown = value === undefined ? "0" : valueText(value.trim());
    // `0:r1=&x` says that r1 is a pointer.
    const pointer = star !== undefined || (type === undefined && value?.trim().startsWith("&") === true);
    const before = `${atomic === undefined ? "" : "_Atomic "}${type === undefined ? "" : `${type} `}${pointer ? "*" : ""}`;
    said.push({ ...place, text: `${before}${placeText(place)}=${shown}` });
  }
  said.sort(comparePlaces);
  return said.filter((each, at) => at === 0 || comparePlaces(said[at - 1] as Place, each) !== 0).map((each) => each.text);
}

function withoutComments(text: string): string {
  let rest = text;
  for (let start = rest.indexOf("(*"); start !== -1; start = rest.indexOf("(*"))
    rest = rest.slice(0, start) + rest.slice(endOfNestedComment(rest, start) ?? rest.length);
  return rest;
}

/** A number as written; an element of an array as herd7 prints its address. */
function valueText(value: string): string {
  const [, inside = value] = /^ATOMIC_INIT\s*\(([^)]*)\)$/.exec(value) ?? [];
  const [, name, index] = /^&?\s*([A-Za-z_$][\w.]*)\s*(?:\[\s*(0[xX][\da-fA-F]+|\d+)\s*\])?$/.exec(inside.trim()) ?? [];
  if (name === undefined) return inside.trim().replace(/^`(.*)`$/, "$1");
  return index === undefined || Number(index) === 0 ? name : `${name}+${Number(index)}`;
}

function placeText({ thread, name, index }: Place): string {
  return `${thread === undefined ? "" : `${thread}:`}${name}${index === undefined ? "" : `[${index}]`}`;
}

/** Registers by their threads, then locations, then elements of arrays; each by name. */
function comparePlaces(a: Place, b: Place): number {
  const rank = ({ thread, index }: Place): number => (thread !== undefined ? 0 : index === undefined ? 1 : 2);
  const byName = a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  return rank(a) - rank(b) || (a.thread ?? 0) - (b.thread ?? 0) || byName || (a.index ?? 0) - (b.index ?? 0);
}

function placesDigest(terms: readonly Term[]): string {
  const places = terms.flatMap((term) => place(term) ?? []).sort(comparePlaces);
  const distinct = places.filter((each, at) => at === 0 || comparePlaces(places[at - 1] as Place, each) !== 0);
  return md5OfText(distinct.map(placeText).join("; "));
}

function place(term: Term): Place | undefined {
  switch (term.kind) {
    case "register":
      return { thread: Number(term.thread.replace(/^P/, "")), name: term.name };
    case "location":
      return { thread: undefined, name: term.name, ...(term.index === undefined ? {} : { index: term.index }) };
    case "integer":
    case "list":
      return undefined;
  }
}

function comparedTerms(proposition: Proposition | undefined): readonly Term[] {
  return atomsOf(proposition).flatMap((each) => {
    if (each.kind !== "compare") return [];
    const { left, right } = each;
    // A location on the right stands for its address.
    return right.kind === "register" || (right.kind === "location" && right.contents === true) ? [left, right] : [left];
  });
}
