/** What herd7's conditions and initial states can say of architectures, and of no test in C: page tables, tags, faults. Told by its form, and refused by its name. */
import type { Cursor } from "./cursor.js";

const CALLS: ReadonlyMap<string, string> = new Map([
  ["fault", "faults"],
  ["Fault", "faults"],
  ["PTE", "page tables"],
  ["TTD", "page tables"],
  ["PA", "page tables"],
  ["tag", "memory tags"],
  ["TAG", "memory tags"],
  ["SS", "shadow stacks"],
  ["SSCap", "shadow stacks"],
  ["pac", "signed pointers"],
  ["pacda", "signed pointers"],
  ["pacdb", "signed pointers"],
  ["pacia", "signed pointers"],
  ["pacib", "signed pointers"],
]);

const LITERALS: ReadonlyMap<string, string> = new Map([
  ["instr", "instructions as data"],
  ["label", "addresses of instructions"],
  ["parel1_t", "page tables"],
  ["PAREL1_T", "page tables"],
  ["ssval_t", "shadow stacks"],
]);

/** True, and an error, where such a form starts. `value`: what may stand there is a value, not something that is compared or declared. */
export function refuseForeign(cursor: Cursor, value: boolean): boolean {
  if (cursor.failing) return false;
  const about = formAt(cursor, value);
  if (about === undefined) return false;
  const next = cursor.at("word") ? cursor.after().kind : "";
  const message = `\`${cursor.token.text}${next}…${next === "(" || cursor.at("(") ? ")" : ""}\` is about ${about}, which tests in C do not have`;
  cursor.fail("unsupported", cursor.here, message, "a condition speaks of registers, `0:r0=1`, and of locations, `x=1`");
  return true;
}

function formAt(cursor: Cursor, value: boolean): string | undefined {
  if (cursor.at("word")) {
    const { text } = cursor.token;
    const next = cursor.after();
    if (next.kind === "(") return CALLS.get(text);
    if (next.kind !== ":") return undefined;
    return LITERALS.get(text) ?? (/^P\d+$/.test(text) ? undefined : "memory tags");
  }
  if (!value) return undefined;
  if (cursor.at(":")) return "memory tags";
  // `(valid:0, oa:PA(y))`
  if (!cursor.at("(")) return undefined;
  const key = cursor.after();
  return key.kind === "word" && [":", ","].includes(cursor.after(key).kind) ? "page tables" : undefined;
}
