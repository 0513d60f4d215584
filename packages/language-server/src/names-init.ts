/** Names in the initial state, and in the descriptions of structures before it. */
import { isTypeWord } from "@fencepost/core/litmus";
import { addLocal, addMember, addThreadWords, atMember, is, isWord, namedMember, type Structures } from "./members.js";
import { type Add, KEYWORDS } from "./named.js";
import { isThreadName, type Token, threadOf } from "./tokens.js";

export function readInit(tokens: readonly Token[], add: Add): Structures {
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
