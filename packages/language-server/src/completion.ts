/** What may stand at a place. */
import { type Platform, partNames, platform, platformNames } from "@fencepost/core/platform";
import { primitive, primitiveNames } from "@fencepost/core/program";
import type { Analysis } from "./analysis.js";
import { attributeList } from "./hover.js";
import { type Named, namedWords } from "./named.js";
import { primitivePage } from "./page.js";
import { plainSnippet, TESTS } from "./snippets.js";
import { isThreadName, type Token, threadOf } from "./tokens.js";
import * as vocabulary from "./vocabulary.js";

export interface Proposal {
  readonly label: string;
  readonly kind:
    | "function"
    | "attribute"
    | "keyword"
    | "type"
    | "platform"
    | "location"
    | "register"
    | "local"
    | "thread"
    | "verdict"
    | "test";
  /** One line beside the label. */
  readonly detail: string | undefined;
  /** Markdown; for functions `documentation` makes it when it is asked for. */
  readonly says: string | undefined;
  readonly insert: string;
  /** `insert` has placeholders. */
  readonly snippet: boolean;
  /** Smaller comes first. */
  readonly rank: number;
}

export interface Proposals {
  readonly list: readonly Proposal[];
  /** What is replaced. */
  readonly start: number;
  readonly end: number;
}

const word = (entry: vocabulary.Word, kind: Proposal["kind"], rank = 1): Proposal => ({
  label: entry.name,
  kind,
  detail: undefined,
  says: entry.says,
  insert: entry.insert ?? entry.name,
  snippet: entry.insert !== undefined,
  rank,
});

const bare = (label: string, kind: Proposal["kind"], detail?: string, rank = 1): Proposal => ({
  label,
  kind,
  detail,
  says: undefined,
  insert: label,
  snippet: false,
  rank,
});

const named = (each: Named, rank = 0): Proposal => {
  const kind = each.kind === "location" ? "location" : each.kind;
  const detail = {
    location: "location",
    register: "register of a device",
    local: `register of ${"thread" in each ? each.thread : ""}`,
    thread: "thread",
  }[kind];
  return bare(namedWords(each), kind, each.kind === "thread" && each.name.startsWith("D") ? "device" : detail, rank);
};

/** Everything that may stand at an offset, whatever its beginning; empty inside comments and strings. */
export function proposalsAt(analysis: Analysis, offset: number): Proposals {
  const { tokens, source } = analysis;
  const inside = tokens.find((token) => token.start < offset && (offset < token.end || (token.end === offset && isOpen(token))));
  const typed = /[A-Za-z0-9_]*$/.exec(source.text.slice(0, offset))?.[0] ?? "";
  let start = offset - typed.length;
  const end = offset + (/^[A-Za-z0-9_]*/.exec(source.text.slice(offset))?.[0].length ?? 0);
  const none = { list: [], start, end };
  if (inside !== undefined && (inside.kind === "comment" || inside.kind === "string")) return none;
  const touching = tokens.find((token) => token.start <= start && start < token.end && token.start < offset && token.end >= offset);
  if (touching?.kind === "platform") start = touching.start;
  const before = tokens.filter((token) => token.end <= start && token.kind !== "comment");
  const here = touching ?? before.at(-1);
  const list = here === undefined || here.region === "header" ? header(analysis, offset) : placed(analysis, before, touching, start);
  return { list, start, end };
}

/** A comment to the end of its line goes on where the cursor stands behind it; so does what is not closed. */
const isOpen = (token: Token): boolean =>
  (token.kind === "comment" && (token.text.startsWith("//") || !/\*[/)]$/.test(token.text))) ||
  (token.kind === "string" && !/^".*"$/s.test(token.text));

function header({ source, tokens }: Analysis, offset: number): Proposal[] {
  if (tokens.some((token) => token.region !== "header")) return [];
  // The letter that is being typed, or nothing at all.
  if (source.text.slice(0, offset).trim().length > 4 || /\S/.test(source.text.slice(offset))) return [];
  return TESTS.map(({ label, says, body }) => ({
    label,
    kind: "test",
    detail: "a whole test",
    says,
    insert: body,
    snippet: true,
    rank: 0,
  }));
}

function placed(analysis: Analysis, before: readonly Token[], touching: Token | undefined, start: number): Proposal[] {
  const last = before.at(-1);
  const closed = last !== undefined && last.text === "}" && last.depth === 0;
  const region = closed ? "tail" : last === undefined ? "tail" : last.region === "head" && last.text === "{" ? "body" : last.region;
  const thread = region === "body" || region === "head" ? last?.thread : undefined;
  switch (region) {
    case "init":
      return initial(analysis, before);
    case "head":
      return heads(analysis, before);
    case "body":
      return body(analysis, before, thread);
    default:
      return behind(analysis, before, touching, start, closed);
  }
}

const things = ({ names }: Analysis, ...kinds: readonly Named["kind"][]): Named[] => names.all.filter((each) => kinds.includes(each.kind));

/** `D0.` and then the registers of D0. */
function members(analysis: Analysis, before: readonly Token[]): Proposal[] | undefined {
  const owner = before.at(-2);
  if (before.at(-1)?.text !== "." || owner?.kind !== "word") return undefined;
  const name = isThreadName(owner.text) ? threadOf(owner.text) : owner.text;
  return things(analysis, "register").flatMap((each) =>
    each.kind === "register" && each.owner === name ? [bare(each.name, "register", `register of ${name}`)] : [],
  );
}

function initial(analysis: Analysis, before: readonly Token[]): Proposal[] {
  const attributes = attributeList(before, before.length);
  const last = before.at(-1)?.text ?? "";
  if (attributes !== undefined) {
    if (last === "=") return things(analysis, "thread").map((each) => named(each));
    return attributes.map((entry) => word(entry, "attribute"));
  }
  if (last === "=" || last === "&") return things(analysis, "location").map((each) => named(each));
  if (last === ";" || last === "{" || last === "}")
    return [...vocabulary.DECLARATIONS.map((entry) => word(entry, "keyword", 0)), ...vocabulary.TYPES.map((type) => bare(type, "type"))];
  if (last === ")" || /^(mmio|port|config)$/.test(last)) return vocabulary.TYPES.map((type) => bare(type, "type"));
  if (last === "device" || last === "thread")
    return things(analysis, "thread").flatMap((each) => (each.name.startsWith("D") === (last === "device") ? [named(each)] : []));
  // A type stands here: a register's owner may follow.
  return things(analysis, "thread").flatMap((each) => (each.name.startsWith("D") ? [named(each)] : []));
}

function heads(analysis: Analysis, before: readonly Token[]): Proposal[] {
  const head = before.slice(before.findLastIndex((token) => token.region !== "head") + 1);
  const member = members(analysis, before);
  if (member !== undefined) return member;
  const last = before.at(-1);
  const open = head.filter((token) => token.text === "(").length > head.filter((token) => token.text === ")").length;
  const parameters = !head.some((token) => token.text === ")");
  if (open && parameters) {
    if (last?.text === "(" || last?.text === ",")
      return things(analysis, "location").map((each) => ({ ...named(each), label: `int *${each.name}`, insert: `int *${each.name}` }));
    return things(analysis, "location", "register").map((each) => bare(each.name, each.kind, undefined, 0));
  }
  if (open) return things(analysis, "thread").flatMap((each) => (each.name.startsWith("D") ? [named(each)] : []));
  if (last?.text === "on") return vocabulary.EVENTS.map((entry) => word(entry, "keyword"));
  return vocabulary.CLAUSES.map((entry) => word(entry, "keyword"));
}

function body(analysis: Analysis, before: readonly Token[], thread: string | undefined): Proposal[] {
  const member = members(analysis, before);
  if (member !== undefined) return member;
  const device = thread?.startsWith("D") === true;
  const last = before.at(-1)?.text ?? "";
  const statement = /^[;{}]$/.test(last) || last === "else";
  const local = things(analysis, "local").flatMap((each) =>
    each.kind === "local" && each.thread === thread ? [bare(each.name, "local", `register of ${each.thread}`, 0)] : [],
  );
  const scope = [...local, ...things(analysis, "location", "register").map((each) => named(each))];
  if (last === "*" || last === "&") return scope.filter((each) => each.kind !== "local");
  const threads = things(analysis, "thread").flatMap((each) => (each.name.startsWith("D") ? [named(each, 2)] : []));
  const calls = functions(device);
  if (statement)
    return [
      ...calls,
      ...vocabulary.STATEMENTS.filter((entry) => device || entry.name !== "ATOMIC").map((entry) => word(entry, "keyword", 2)),
      ...scope,
    ];
  const packet = device ? vocabulary.PACKET_ATTRIBUTES.map((entry) => word(entry, "attribute", 2)) : [];
  return [...scope, ...calls, ...packet, ...threads];
}

const lists = new Map<boolean, Proposal[]>();

/** The functions that a CPU or a device can call; those that are read and not run come last. */
function functions(device: boolean): Proposal[] {
  const known = lists.get(device);
  if (known !== undefined) return known;
  const list = [...primitiveNames()].flatMap((name): Proposal[] => {
    const found = primitive(name);
    if (found === undefined || found.side === (device ? "cpu" : "device")) return [];
    const rank = found.meaning.kind === "unsupported" ? 4 : name.startsWith("__") || name.startsWith("raw_") ? 3 : 1;
    return [
      {
        label: name,
        kind: "function",
        detail: found.form.slice(name.length),
        says: undefined,
        insert: call(name, found.form),
        snippet: true,
        rank,
      },
    ];
  });
  lists.set(device, list);
  return list;
}

/** `WRITE_ONCE(*${1:x}, ${2:value})`: what may be left out is. */
function call(name: string, form: string): string {
  const inner = form.slice(name.length + 1, -1);
  const parameters = inner === "" ? [] : inner.split(", ").filter((parameter) => !parameter.endsWith("?") && parameter !== "...");
  const places = parameters.map((parameter, index) => {
    const sign = /^[*&]/.exec(parameter)?.[0] ?? "";
    return `${sign}\${${index + 1}:${parameter.slice(sign.length)}}`;
  });
  return `${name}(${places.join(", ")})`;
}

/** The page of a function that was proposed. */
export function documentation(label: string, platforms: readonly Platform[]): string | undefined {
  const found = primitive(label);
  return found && primitivePage(found, platforms);
}

/** Between and behind the threads. */
function behind(analysis: Analysis, before: readonly Token[], touching: Token | undefined, start: number, closed: boolean): Proposal[] {
  const { source } = analysis;
  const last = before.at(-1);
  const line = source.text.slice(source.text.lastIndexOf("\n", start - 1) + 1, start);
  const member = members(analysis, before);
  if (member !== undefined) return member;
  const expects = expecting(before);
  if (expects === "verdict") return vocabulary.VERDICTS.map((entry) => word(entry, "verdict"));
  if (expects === "platform" && (line.trim() !== "" || touching?.kind === "platform")) return platforms();
  if (line.trim() === "" || closed) return starts(analysis);
  if (last?.text === ":" && before.at(-2) !== undefined) {
    const thread = threadOf(before.at(-2)?.text ?? "");
    return things(analysis, "local").flatMap((each) =>
      each.kind === "local" && each.thread === thread ? [bare(each.name, "local", `register of ${thread}`)] : [],
    );
  }
  return [
    ...things(analysis, "local", "location", "register").map((each) => named(each)),
    ...vocabulary.CONDITION_WORDS.map((entry) => word(entry, "keyword", 2)),
  ];
}

/** Inside an `expect`: what stands next. */
function expecting(before: readonly Token[]): "platform" | "verdict" | undefined {
  const from = before.findLastIndex(
    (token) => token.kind === "word" && /^(expect|exists|forall|filter|locations|source)$/.test(token.text),
  );
  if (before[from]?.text !== "expect") return undefined;
  const last = before.at(-1)?.text;
  if (last === ":") return "verdict";
  return last === "expect" || last === "," || last === ";" ? "platform" : undefined;
}

function platforms(): Proposal[] {
  const { cpus, fabrics } = partNames();
  const titles = platformNames().map((name) => bare(name, "platform", platform(name)?.title, 1));
  const points = cpus.flatMap((cpu) => fabrics.filter((fabric) => !fabric.startsWith("sn2")).map((fabric) => `${cpu}+${fabric}`));
  return [
    bare("all", "platform", "every conforming platform", 0),
    ...titles,
    ...points.map((name) => bare(name, "platform", "a CPU on a fabric", 2)),
  ];
}

function starts(analysis: Analysis): Proposal[] {
  const thread = (prefix: string): string => {
    const used = new Set(things(analysis, "thread").map((each) => each.name));
    let number = 0;
    while (used.has(`${prefix}${number}`)) number++;
    return `${prefix}${number}`;
  };
  const next = ["P", "D"].map((prefix): Proposal => {
    const name = thread(prefix);
    return {
      label: name,
      kind: "thread",
      detail: prefix === "P" ? "a CPU thread" : "a device",
      says: undefined,
      insert: `${name}(\${1:int *x}) {\n\t$0\n}\n`,
      snippet: true,
      rank: 0,
    };
  });
  return [...vocabulary.TAIL_WORDS.map((entry) => word(entry, "keyword")), ...next];
}

/** What a client without snippets inserts. */
export const plainInsert = ({ insert, snippet }: Proposal): string => (snippet ? plainSnippet(insert) : insert);
