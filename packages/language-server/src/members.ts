/** Names of two words and more, in tokens: registers of devices (`D0.reg`) and of threads (`0:r0`), members of structures (`d->own`). */
import type { Add, Named, Occurrence } from "./named.js";
import { isThreadName, type Token, threadOf } from "./tokens.js";

export const isWord = (token: Token | undefined): token is Token => token?.kind === "word";
export const is = (token: Token | undefined, text: string): boolean => token?.kind === "punctuation" && token.text === text;

/** `D0.reg` at this index. */
export const atMember = (tokens: readonly Token[], index: number): boolean =>
  isWord(tokens[index]) && is(tokens[index + 1], ".") && isWord(tokens[index + 2]);

export function addMember(tokens: readonly Token[], index: number, add: Add, role: Occurrence["role"]): void {
  const [owner, , name] = tokens.slice(index, index + 3) as [Token, Token, Token];
  if (isThreadName(owner.text)) add(owner, { kind: "thread", name: threadOf(owner.text) });
  // `D0.regs.door`: a register of a structure.
  const inner = memberOf(tokens, index + 2);
  if (inner !== undefined) add(name, { kind: "register", owner: owner.text, name: `${name.text}.${inner.name}` }, role);
  else add(name, { kind: "register", owner: isThreadName(owner.text) ? threadOf(owner.text) : owner.text, name: name.text }, role);
}

/** `0:r1` or `P0:r1` at this index; gives whether it was one. */
export function addLocal(tokens: readonly Token[], index: number, add: Add, role: Occurrence["role"]): boolean {
  const [thread, colon, name] = tokens.slice(index, index + 3);
  const prefix = thread !== undefined && (thread.kind === "number" || (isWord(thread) && isThreadName(thread.text)));
  if (!prefix || !is(colon, ":")) return false;
  add(thread, { kind: "thread", name: threadOf(thread.text) });
  if (isWord(name)) add(name, { kind: "local", thread: threadOf(thread.text), name: name.text }, role);
  return true;
}

/** The variables that are structures, each with the device whose registers they are, if they are. */
export type Structures = ReadonlyMap<string, string | undefined>;

/** A member of a structure: memory, or a register. */
export const namedMember = (structures: Structures, variable: string, member: string): Named => {
  const owner = structures.get(variable);
  const name = `${variable}.${member}`;
  return owner === undefined ? { kind: "location", name } : { kind: "register", owner, name };
};

/** The name of a member behind a structure's, `.own` or `[i].own` or `->own`, and where the next token is. */
export function memberOf(tokens: readonly Token[], index: number): { readonly name: string; readonly next: number } | undefined {
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

/** `for=D1`, `card=D0`, `TELL(D1)`. */
export function addThreadWords(tokens: readonly Token[], add: Add): void {
  for (const token of tokens) if (isWord(token) && isThreadName(token.text)) add(token, { kind: "thread", name: threadOf(token.text) });
}
