/**
 * What each name in a file stands for, from its tokens alone, so that it works while the test does not parse. The rules are those of the core's `program/scope.ts` and `resolve.ts`: a local
 * declaration is a register; a parameter is its location; a declared location needs no parameter; what a thread assigns, or the initial state or the condition names with it, is a register.
 */
import { isTypeWord } from "@fencepost/core/litmus";
import { primitive } from "@fencepost/core/program";
import { isThreadName, type Token, threadOf } from "./tokens.js";

/** What a name can stand for. `register` is one of a device or of the chipset, `local` one of a thread: `0:r0`. */
export type Named =
  | { readonly kind: "location"; readonly name: string }
  | { readonly kind: "register"; readonly owner: string; readonly name: string }
  | { readonly kind: "local"; readonly thread: string; readonly name: string }
  | { readonly kind: "thread"; readonly name: string };

export interface Occurrence {
  readonly named: Named;
  readonly token: Token;
  /** Declares it: in the initial state, as a local variable, as the head of a thread; a parameter where nothing else does. */
  readonly role: "declaration" | "parameter" | "use";
}

export interface Names {
  /** In the order of the text. */
  readonly occurrences: readonly Occurrence[];
  /** The occurrence whose token holds the offset, its end included. */
  at(offset: number): Occurrence | undefined;
  of(named: Named): readonly Occurrence[];
  /** Names of locations and of device registers, each once. */
  readonly all: readonly Named[];
}

/** One text for each thing named. */
export function keyOf(named: Named): string {
  switch (named.kind) {
    case "location":
      return `location ${named.name}`;
    case "register":
      return `register ${named.owner}.${named.name}`;
    case "local":
      return `local ${named.thread}:${named.name}`;
    case "thread":
      return `thread ${named.name}`;
  }
}

/** As conditions write it: `x`, `D0.status`, `0:r0`, `P0`. */
export function namedWords(named: Named): string {
  if (named.kind === "register") return `${named.owner}.${named.name}`;
  if (named.kind === "local") return `${named.thread.replace(/^P/, "")}:${named.name}`;
  return named.name;
}

export const KEYWORDS: ReadonlySet<string> = new Set(
  "if else while do for switch case default break continue return ATOMIC true false NULL sizeof struct union enum static const volatile register".split(
    " ",
  ),
);
const TLP_ATTRIBUTES: ReadonlySet<string> = new Set(["RO", "IDO", "UIO", "AT"]);
const TAIL_WORDS: ReadonlySet<string> = new Set(
  "exists forall filter locations final expect source with not order true false and or".split(" "),
);

/** `numbers`: the names that stand for a number, wherever they are. */
export function findNames(tokens: readonly Token[], numbers: ReadonlySet<string>): Names {
  const code = tokens
    .filter((token) => token.kind !== "comment")
    .map((token): Token => (token.kind === "word" && numbers.has(token.text) ? { ...token, kind: "number" } : token));
  const found: Occurrence[] = [];
  const add = (token: Token, named: Named, role: Occurrence["role"] = "use"): void => {
    found.push({ token, named, role });
  };
  // What is described before the initial state is as if it stood in it.
  const described = code.flatMap((token) => (token.region === "description" ? [{ ...token, depth: token.depth + 1 }] : []));
  const init = [...described, ...code.filter((token) => token.region === "init")];
  const tail = code.filter((token) => token.region === "tail");
  const structures = readInit(init, add);
  const heads = runs(code.filter((token) => token.region === "head" || token.region === "body"));
  for (const run of heads) readHead(run, add);
  readTail(tail, structures, add);

  // What bare names stand for is known now: memory, or the only register of that name.
  const memory = new Set(found.flatMap(({ named, role }) => (named.kind === "location" && role === "declaration" ? [named.name] : [])));
  const owned = new Map<string, Set<string>>();
  for (const { named, role } of found)
    if (named.kind === "register" && role === "declaration") owned.set(named.name, (owned.get(named.name) ?? new Set()).add(named.owner));
  const bare = (name: string, thread: string | undefined): Named => {
    const owners = owned.get(name);
    if (memory.has(name) || owners === undefined) return { kind: "location", name };
    if (thread !== undefined && owners.has(thread)) return { kind: "register", owner: thread, name };
    const [only] = owners;
    return owners.size === 1 && only !== undefined ? { kind: "register", owner: only, name } : { kind: "location", name };
  };
  const outside = found.flatMap((each): Occurrence[] => {
    const { named, role, token } = each;
    if (named.kind !== "location" || role === "declaration" || memory.has(named.name)) return [each];
    if (structures.has(named.name)) return [];
    return [{ ...each, named: bare(named.name, token.thread) }];
  });
  const locals = new Set(outside.flatMap(({ named }) => (named.kind === "local" ? [`${named.thread}:${named.name}`] : [])));
  const inside: Occurrence[] = [];
  for (const run of heads)
    readBody(run, { memory, owned, locals, structures, bare }, (token, named, role = "use") => inside.push({ token, named, role }));

  const occurrences = [...outside, ...inside].sort((a, b) => a.token.start - b.token.start);
  const byKey = new Map<string, Occurrence[]>();
  for (const each of occurrences) byKey.set(keyOf(each.named), [...(byKey.get(keyOf(each.named)) ?? []), each]);
  return {
    occurrences,
    at: (offset) =>
      occurrences.find(({ token }) => token.start <= offset && offset < token.end) ?? occurrences.find(({ token }) => token.end === offset),
    of: (named) => byKey.get(keyOf(named)) ?? [],
    all: [...byKey.values()].flatMap((each) => each[0]?.named ?? []),
  };
}

type Add = (token: Token, named: Named, role?: Occurrence["role"]) => void;

/** Head and body of each thread. */
function runs(tokens: readonly Token[]): Token[][] {
  const list: Token[][] = [];
  let before: Token | undefined;
  for (const token of tokens) {
    const starts = token.region === "head" && before?.region !== "head";
    if (starts || list.length === 0) list.push([]);
    list.at(-1)?.push(token);
    before = token;
  }
  return list;
}

const isWord = (token: Token | undefined): token is Token => token?.kind === "word";
const is = (token: Token | undefined, text: string): boolean => token?.kind === "punctuation" && token.text === text;

/** `D0.reg` at this index. */
const atMember = (tokens: readonly Token[], index: number): boolean =>
  isWord(tokens[index]) && is(tokens[index + 1], ".") && isWord(tokens[index + 2]);

function addMember(tokens: readonly Token[], index: number, add: Add, role: Occurrence["role"]): void {
  const [owner, , name] = tokens.slice(index, index + 3) as [Token, Token, Token];
  if (isThreadName(owner.text)) add(owner, { kind: "thread", name: threadOf(owner.text) });
  // `D0.regs.door`: a register of a structure.
  const inner = memberOf(tokens, index + 2);
  if (inner !== undefined) add(name, { kind: "register", owner: owner.text, name: `${name.text}.${inner.name}` }, role);
  else add(name, { kind: "register", owner: isThreadName(owner.text) ? threadOf(owner.text) : owner.text, name: name.text }, role);
}

/** `0:r1` or `P0:r1` at this index; gives whether it was one. */
function addLocal(tokens: readonly Token[], index: number, add: Add, role: Occurrence["role"]): boolean {
  const [thread, colon, name] = tokens.slice(index, index + 3);
  const prefix = thread !== undefined && (thread.kind === "number" || (isWord(thread) && isThreadName(thread.text)));
  if (!prefix || !is(colon, ":")) return false;
  add(thread, { kind: "thread", name: threadOf(thread.text) });
  if (isWord(name)) add(name, { kind: "local", thread: threadOf(thread.text), name: name.text }, role);
  return true;
}

/** The variables that are structures, each with the device whose registers they are, if they are. */
type Structures = ReadonlyMap<string, string | undefined>;

/** A member of a structure: memory, or a register. */
const namedMember = (structures: Structures, variable: string, member: string): Named => {
  const owner = structures.get(variable);
  const name = `${variable}.${member}`;
  return owner === undefined ? { kind: "location", name } : { kind: "register", owner, name };
};

/** The name of a member behind a structure's, `.own` or `[i].own` or `->own`, and where the next token is. */
function memberOf(tokens: readonly Token[], index: number): { readonly name: string; readonly next: number } | undefined {
  let at = index + 1;
  if (is(tokens[at], "[")) {
    for (let open = 0; at < tokens.length; at++) {
      if (is(tokens[at], "[")) open++;
      if (is(tokens[at], "]") && --open === 0) break;
    }
    at++;
  }
  const name = tokens[at + 1];
  return (is(tokens[at], ".") || is(tokens[at], "->")) && isWord(name) ? { name: name.text, next: at + 2 } : undefined;
}

/** The names of the members between a structure's braces. */
function fieldsOf(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap((token, index) => {
    const next = tokens[index + 1];
    return isWord(token) && (next === undefined || /^[;,:[]$/.test(next.text)) ? [token.text] : [];
  });
}

/** Takes a structure's description or variable; false where the declaration is none. */
function readStructure(
  tokens: readonly Token[],
  known: Map<string, readonly string[]>,
  variables: Map<string, string | undefined>,
  add: Add,
): boolean {
  // Names of types and of numbers: no location.
  if (tokens[0]?.text === "enum" && tokens.some((token) => is(token, "{"))) return true;
  const named = tokens[0]?.text === "typedef" ? tokens.findLast(isWord)?.text : undefined;
  const struct = tokens.findIndex((token) => token.text === "struct");
  const at = struct === -1 ? tokens.findIndex((token) => known.has(token.text)) - 1 : struct;
  if (at < -1 || (at === -1 && struct === -1 && !known.has(tokens[0]?.text ?? ""))) return named !== undefined;
  const tag = isWord(tokens[at + 1]) ? (tokens[at + 1] as Token).text : "";
  const open = tokens.findIndex((token) => is(token, "{"));
  const describes = open === at + (tag === "" ? 1 : 2);
  if (!describes && !known.has(tag)) return false;
  const closed = tokens.findIndex((token, index) => index > open && is(token, "}"));
  const end = !describes ? at + 1 : closed === -1 ? tokens.length : closed;
  const fields = describes ? fieldsOf(tokens.slice(open + 1, end)) : (known.get(tag) ?? []);
  if (describes && tag !== "") known.set(tag, fields);
  if (named !== undefined) {
    known.set(named, fields);
    return true;
  }
  const first = tokens.findIndex((token, index) => index > end && isWord(token) && !token.text.startsWith("__"));
  const owner = atMember(tokens, first) ? (tokens[first] as Token) : undefined;
  const variable = owner === undefined ? tokens[first] : tokens[first + 2];
  if (variable === undefined) return true;
  if (owner !== undefined && isThreadName(owner.text)) add(owner, { kind: "thread", name: threadOf(owner.text) });
  // `mmio struct regs D0`: the members are D0's registers by their own names.
  if (owner === undefined && isThreadName(variable.text)) {
    for (const field of fields) add(variable, { kind: "register", owner: variable.text, name: field }, "declaration");
    return true;
  }
  variables.set(variable.text, owner?.text);
  for (const field of fields) add(variable, namedMember(variables, variable.text, field), "declaration");
  return true;
}

function readInit(tokens: readonly Token[], add: Add): Structures {
  const known = new Map<string, readonly string[]>();
  const structures = new Map<string, string | undefined>();
  let declaration: Token[] = [];
  for (const token of tokens) {
    // The `}` of a structure ends no declaration.
    const inside = declaration.some((each) => is(each, "{")) && !declaration.some((each) => is(each, "}"));
    const ends = token.depth === 1 && (token.text === ";" || (token.text === "}" && !inside));
    if (ends) {
      if (!readStructure(declaration, known, structures, add)) readDeclaration(declaration, add);
      declaration = [];
    } else if (token.depth > 0) declaration.push(token);
  }
  if (!readStructure(declaration, known, structures, add)) readDeclaration(declaration, add);
  return structures;
}

function readDeclaration(tokens: readonly Token[], add: Add): void {
  const [first, second] = tokens;
  if (first === undefined) return;
  const value = tokens.findIndex((token) => is(token, "=") && parenthesesBefore(tokens, token) === 0);
  const left = value === -1 ? tokens : tokens.slice(0, value);
  if ((first.text === "device" || first.text === "thread") && isWord(second) && isThreadName(second.text)) {
    add(second, { kind: "thread", name: threadOf(second.text) }, "declaration");
    addThreadWords(tokens.slice(2), add);
    return;
  }
  if (first.text === "line" && is(second, "(")) {
    for (const token of tokens.slice(2)) if (isWord(token)) add(token, { kind: "location", name: token.text });
    return;
  }
  let from = 0;
  if (/^(dma|mmio|port|config)$/.test(first.text) && left.length > 1) {
    from = is(second, "(") ? tokens.findIndex((token) => is(token, ")")) + 1 : 1;
    addThreadWords(tokens.slice(1, from), add);
  }
  const words = left.slice(from);
  const colon = words.findIndex((token) => is(token, ":"));
  if (colon > 0) addLocal(words, colon - 1, add, "declaration");
  else {
    const dot = words.findIndex((token) => is(token, "."));
    const name = words.findLast((token, index) => isWord(token) && !is(words[index - 1], "[")) ?? words.findLast(isWord);
    const bracketed = is(words.at(-1), "]") && isWord(words.at(-2)) ? words.at(-2) : undefined;
    if (dot > 0 && atMember(words, dot - 1)) addMember(words, dot - 1, add, "declaration");
    else if (bracketed !== undefined) add(bracketed, { kind: "location", name: bracketed.text }, "declaration");
    else if (name !== undefined && !isTypeWord(name.text)) add(name, { kind: "location", name: name.text }, "declaration");
  }
  if (value === -1) return;
  const right = tokens.slice(value + 1);
  for (const [index, token] of right.entries()) {
    if (!isWord(token) || KEYWORDS.has(token.text) || is(right[index + 1], "(") || /_UNLOCKED$|_INITIALIZER$/.test(token.text)) continue;
    if (is(right[index - 1], ".")) continue;
    if (atMember(right, index)) addMember(right, index, add, "use");
    else add(token, { kind: "location", name: token.text });
  }
}

const parenthesesBefore = (tokens: readonly Token[], until: Token): number => {
  let open = 0;
  for (const token of tokens) {
    if (token === until) break;
    if (is(token, "(")) open++;
    if (is(token, ")")) open--;
  }
  return open;
};

/** `for=D1`, `card=D0`, `TELL(D1)`. */
function addThreadWords(tokens: readonly Token[], add: Add): void {
  for (const token of tokens) if (isWord(token) && isThreadName(token.text)) add(token, { kind: "thread", name: threadOf(token.text) });
}

/** The name, the parameters, the clauses. */
function readHead(run: readonly Token[], add: Add): void {
  const tokens = run.filter((token) => token.region === "head");
  const nameAt = tokens.findIndex((token) => isWord(token) && isThreadName(token.text));
  const name = tokens[nameAt];
  if (name === undefined) return;
  add(name, { kind: "thread", name: threadOf(name.text) }, "declaration");
  const close = tokens.findIndex((token, index) => index > nameAt && is(token, ")"));
  const parameters = tokens.slice(nameAt + 2, close === -1 ? undefined : close);
  for (const [index, token] of parameters.entries()) {
    const last = index === parameters.length - 1 || is(parameters[index + 1], ",");
    if (last && isWord(token) && token.text !== "void" && !(isTypeWord(token.text) && !isWord(parameters[index - 1])))
      add(token, { kind: "location", name: token.text }, "parameter");
  }
  const clauses = close === -1 ? [] : tokens.slice(close + 1);
  for (const [index, token] of clauses.entries()) {
    if (atMember(clauses, index)) addMember(clauses, index, add, "use");
    else if (isWord(token) && isThreadName(token.text)) add(token, { kind: "thread", name: threadOf(token.text) });
  }
}

interface Known {
  readonly memory: ReadonlySet<string>;
  readonly owned: ReadonlyMap<string, ReadonlySet<string>>;
  /** `P0:r0`: named by the initial state or the condition. */
  readonly locals: ReadonlySet<string>;
  readonly structures: Structures;
  bare(name: string, thread: string | undefined): Named;
}

function readBody(run: readonly Token[], { memory, owned, locals, structures, bare }: Known, add: Add): void {
  const tokens = run.filter((token) => token.region === "body");
  const thread = tokens[0]?.thread;
  if (thread === undefined) return;
  const names = tokens.map((token, index) => isName(tokens, index));
  const declared = new Set(tokens.flatMap((token, index) => (names[index] && isDeclared(tokens, index) ? [token.text] : [])));
  const head = run.filter((token) => token.region === "head");
  const close = head.findIndex((token) => is(token, ")"));
  const parameters = new Set(head.slice(0, close === -1 ? 0 : close).flatMap((token) => (isWord(token) ? [token.text] : [])));
  const assigned = new Set(tokens.flatMap((token, index) => (names[index] && isAssigned(tokens, index) ? [token.text] : [])));
  const seen = new Set<string>();
  for (const [index, token] of tokens.entries()) {
    if (isWord(token) && structures.has(token.text)) {
      const member = memberOf(tokens, index);
      if (member !== undefined) add(token, namedMember(structures, token.text, member.name));
      continue;
    }
    if (atMember(tokens, index)) addMember(tokens, index, add, "use");
    if (!names[index]) continue;
    const { text } = token;
    if (isThreadName(text)) {
      add(token, { kind: "thread", name: threadOf(text) });
      continue;
    }
    // `return IRQ_HANDLED;`: what stands for a number elsewhere.
    const known = declared.has(text) || parameters.has(text) || memory.has(text) || assigned.has(text) || locals.has(`${thread}:${text}`);
    if (!known && isReturned(tokens, index)) continue;
    const location =
      !declared.has(text) &&
      (parameters.has(text) ||
        memory.has(text) ||
        (owned.has(text) && !assigned.has(text)) ||
        !(assigned.has(text) || locals.has(`${thread}:${text}`)));
    if (location) add(token, bare(text, thread));
    else {
      const first =
        !seen.has(text) && (isDeclared(tokens, index) || !declared.has(text)) && (isDeclared(tokens, index) || isAssigned(tokens, index));
      if (first) seen.add(text);
      add(token, { kind: "local", thread, name: text }, first ? "declaration" : "use");
    }
  }
}

/** Between `return` and its semicolon. */
function isReturned(tokens: readonly Token[], index: number): boolean {
  let at = index;
  while (at >= 0 && !/^(?:[;{}]|return)$/.test(tokens[at]?.text ?? ";")) at--;
  return tokens[at]?.text === "return";
}

/** A word that is a name: no call, keyword, type, member or attribute of a packet. */
function isName(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index];
  if (!isWord(token) || KEYWORDS.has(token.text) || isTypeWord(token.text)) return false;
  const [before, after] = [tokens[index - 1], tokens[index + 1]];
  if (is(after, "(") || is(before, ".") || is(before, "->") || (is(after, ".") && isWord(tokens[index + 2]))) return false;
  if (isWord(before) && /^(struct|union|enum)$/.test(before.text)) return false;
  if (TLP_ATTRIBUTES.has(token.text) && (is(before, ",") || is(before, "(")) && (is(after, ",") || is(after, ")"))) return false;
  // `foo *p;` and `foo r0;`: a type that only its place tells.
  if (startsStatement(tokens, index)) {
    let next = index + 1;
    while (is(tokens[next], "*")) next++;
    if (isWord(tokens[next]) && /^[;=,[]$/.test(tokens[next + 1]?.text ?? "")) return false;
  }
  return !token.text.startsWith("__") || primitive(token.text) === undefined;
}

const startsStatement = (tokens: readonly Token[], index: number): boolean =>
  index === 0 || /^[;{}]$/.test(tokens[index - 1]?.text ?? "") || (is(tokens[index - 1], "(") && tokens[index - 2]?.text === "for");

/** `int r0`, `struct foo *p`: back to the start of the statement stand words and stars alone. */
function isDeclared(tokens: readonly Token[], index: number): boolean {
  let at = index - 1;
  while (isWord(tokens[at]) || is(tokens[at], "*")) at--;
  const first = tokens[at + 1];
  return at + 1 < index && isWord(first) && !/^(return|else|do)$/.test(first.text) && startsStatement(tokens, at + 1);
}

const assignment = /^(=|[-+*/%&|^]=|<<=|>>=|\+\+|--)$/;

/** `r0 = …`, `r0 += …`, `r0++`; `*p = …` assigns no name. */
function isAssigned(tokens: readonly Token[], index: number): boolean {
  const step = /^(\+\+|--)$/;
  if (step.test(tokens[index - 1]?.text ?? "")) return true;
  return (
    assignment.test(tokens[index + 1]?.text ?? "") &&
    (startsStatement(tokens, index) || isDeclared(tokens, index) || !is(tokens[index - 1], "*"))
  );
}

function readTail(tokens: readonly Token[], structures: Structures, add: Add): void {
  let skip = 0;
  for (const [index, token] of tokens.entries()) {
    if (index < skip) continue;
    const member = isWord(token) && structures.has(token.text) ? memberOf(tokens, index) : undefined;
    if (member !== undefined) {
      add(token, namedMember(structures, token.text, member.name));
      skip = member.next;
    } else if (atMember(tokens, index)) {
      addMember(tokens, index, add, "use");
      skip = memberOf(tokens, index + 2)?.next ?? index + 3;
    } else if (token.kind === "number" || (isWord(token) && isThreadName(token.text))) {
      if (addLocal(tokens, index, add, "use")) skip = index + 3;
    } else if (isWord(token) && !TAIL_WORDS.has(token.text) && !isVerdict(tokens, index) && !isStuck(tokens, index)) {
      add(token, { kind: "location", name: token.text });
    }
  }
}

/** Behind the `:` of an `expect` entry. */
const isVerdict = (tokens: readonly Token[], index: number): boolean =>
  is(tokens[index - 1], ":") && tokens[index - 2]?.kind === "platform";

/** `stuck` is a word of conditions where nothing compares it. */
const isStuck = (tokens: readonly Token[], index: number): boolean =>
  tokens[index]?.text === "stuck" && !/^([=!<>]=?|<>|[[.])$/.test(tokens[index + 1]?.text ?? "");
