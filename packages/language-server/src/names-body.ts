/** Names in threads: their heads, and what is read, called, declared and assigned in their bodies. */
import { isTypeWord } from "@fencepost/core/litmus";
import { primitive } from "@fencepost/core/program";
import { addMember, atMember, is, isWord, memberOf, namedMember, type Structures } from "./members.js";
import { type Add, KEYWORDS, type Named } from "./named.js";
import { isThreadName, type Token, threadOf } from "./tokens.js";

const TLP_ATTRIBUTES: ReadonlySet<string> = new Set(["RO", "IDO", "UIO", "AT"]);

/** The name, the parameters, the clauses. */
export function readHead(run: readonly Token[], add: Add): void {
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

/** What is known of names outside of bodies. */
export interface Known {
  readonly memory: ReadonlySet<string>;
  readonly owned: ReadonlyMap<string, ReadonlySet<string>>;
  /** `P0:r0`: named by the initial state or the condition. */
  readonly locals: ReadonlySet<string>;
  readonly structures: Structures;
  bare(name: string, thread: string | undefined): Named;
}

export function readBody(run: readonly Token[], { memory, owned, locals, structures, bare }: Known, add: Add): void {
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
