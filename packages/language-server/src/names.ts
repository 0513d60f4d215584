/**
 * What each name in a file stands for, from its tokens alone, so that it works while the test does not parse. The rules are those of the core's `program/scope.ts` and `resolve.ts`: a local
 * declaration is a register; a parameter is its location; a declared location needs no parameter; what a thread assigns, or the initial state or the condition names with it, is a register.
 */
import { addLocal, addMember, atMember, is, isWord, memberOf, namedMember, type Structures } from "./members.js";
import { type Add, keyOf, type Named, type Occurrence } from "./named.js";
import { readBody, readHead } from "./names-body.js";
import { readInit } from "./names-init.js";
import { isThreadName, type Token } from "./tokens.js";

export interface Names {
  /** In the order of the text. */
  readonly occurrences: readonly Occurrence[];
  /** The occurrence whose token holds the offset, its end included. */
  at(offset: number): Occurrence | undefined;
  of(named: Named): readonly Occurrence[];
  /** Names of locations and of device registers, each once. */
  readonly all: readonly Named[];
}

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
