/** C types: recognised only as far as telling a declaration or a cast from an expression needs, and kept as written. */
import type { Cursor } from "./cursor.js";
import type { Token } from "./scan.js";

const keywords = new Set(
  "int char short long signed unsigned float double void volatile const struct union enum static register _Atomic _Bool".split(" "),
);

const kernelTypes = new Set(
  "bool u8 u16 u32 u64 s8 s16 s32 s64 __u8 __u16 __u32 __u64 __le16 __le32 __le64 __be16 __be32 __be64 atomic_int".split(" "),
);

/** True for words that can only be part of a type. */
export function isTypeWord(word: string): boolean {
  return keywords.has(word) || kernelTypes.has(word) || word.endsWith("_t");
}

/** True for C's type keywords, which cannot name anything. */
export function isTypeKeyword(word: string): boolean {
  return keywords.has(word);
}

/** Words that start the parts behind the threads; a type of such a name would make every error message wrong. */
const tailWords = new Set("exists forall filter locations expect source".split(" "));

/** Reports a type that cannot be one. */
export function checkType(cursor: Cursor, start: number, parts: readonly string[]): void {
  const first = parts[0];
  if (first === undefined) return;
  // `int x y`: two names, or a forgotten `;`.
  const at = parts.findIndex((part) => completeTypes.has(part));
  const name = at === -1 ? undefined : parts.slice(at + 1).find((part) => /^[A-Za-z]/.test(part) && !isTypeWord(part));
  if (name !== undefined)
    cursor.report(
      "syntax",
      { start, end: start + first.length },
      `\`${parts.join(" ")}\` is not a type`,
      `\`${name}\` is no part of one: is there a \`;\` missing?`,
    );
  if (!tailWords.has(first)) return;
  cursor.report("syntax", { start, end: start + first.length }, `\`${first}\` is not a type`, `\`${first}\` belongs behind the threads`);
}

/** Behind these no other name can be part of the type. */
const completeTypes = new Set("int char short long unsigned signed float double void bool u8 u16 u32 u64 s8 s16 s32 s64".split(" "));

/** The one way to write a type: `volatile int *`, `int **`, `int *volatile`. */
export function typeText(parts: readonly string[]): string {
  let text = "";
  let previous = "*";
  for (const part of parts) {
    text += previous === "*" || text === "" ? part : ` ${part}`;
    previous = part;
  }
  return text;
}

/**
 * Consumes the words before the first `*`: those that are followed by another word or by a `*`. A word at the end of a line is
 * the name already (its semicolon is missing), unless it can only be part of a type.
 */
export function parseBaseType(cursor: Cursor): string[] {
  const parts: string[] = [];
  const { start } = cursor.token;
  while (cursor.at("word")) {
    const word = cursor.token.text;
    const next = cursor.after();
    const tagged = word === "struct" || word === "union" || word === "enum";
    if (next.kind !== "*" && (next.kind !== "word" || (endsHere(cursor, next) && !tagged))) break;
    parts.push(cursor.advance().text);
    if (tagged && cursor.at("word")) parts.push(cursor.advance().text);
  }
  checkType(cursor, start, parts);
  return parts;
}

function endsHere(cursor: Cursor, next: Token): boolean {
  return !isTypeWord(cursor.token.text) && cursor.breaks(cursor.token.end, next.start);
}

/** Consumes `*`s and the qualifiers between them and the name. */
export function parseStars(cursor: Cursor): string[] {
  const parts: string[] = [];
  while (cursor.at("*") || (parts.length > 0 && cursor.at("word") && cursor.after().kind === "word" && !cursor.onNewLine)) {
    parts.push(cursor.advance().text);
  }
  return parts;
}

/** True if a declaration starts here: `int r0 = 1`, `struct foo *p`, `foo *p;`, `foo r0;`. */
export function atDeclaration(cursor: Cursor): boolean {
  if (!cursor.at("word")) return false;
  let token = cursor.after();
  if (token.kind !== "word" && token.kind !== "*") return false;
  if (isTypeWord(cursor.token.text)) return true;
  // Not a type that we know: `a * b` is a declaration only if it ends like one.
  if (cursor.breaks(cursor.token.end, token.start)) return false;
  while (token.kind === "*") token = cursor.after(token);
  if (token.kind !== "word") return false;
  const end = cursor.after(token).kind;
  return end === ";" || end === "=" || end === "," || end === "[";
}

/**
 * The token after the cast that starts at the current `(`, or undefined if no cast starts here. A cast begins with a word that
 * can only be part of a type, or ends with a `*`, or is a single word in front of something that only an operand starts with.
 */
export function afterCast(cursor: Cursor): Token | undefined {
  const first = cursor.after();
  if (first.kind !== "word") return undefined;
  let words = 0;
  let stars = 0;
  let token = first;
  for (; ; token = cursor.after(token)) {
    if (token.kind === "*" && words > 0) stars++;
    // Behind a star only a qualifier can stand: `(int *volatile)`, but `(a * b)` is a product.
    else if (token.kind === "word" && (stars === 0 || isTypeKeyword(token.text) || token.text.startsWith("__"))) words++;
    else break;
  }
  if (token.kind !== ")") return undefined;
  const operand = cursor.after(token);
  if (isTypeWord(first.text) || stars > 0) return operand;
  return operand.kind === "word" || operand.kind === "number" ? operand : undefined;
}
