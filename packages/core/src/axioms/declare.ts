/** What the declarations of an initial state say. */
import type { Declaration, Initial } from "../litmus/test.js";
import type { Problem } from "../problem.js";
import type { Span } from "../source.js";
import { asWord, indexed, sizeOf, smallBits, type Value } from "./value.js";

/** What is filled by declarations. */
export interface Declared {
  /** Locations, elements of arrays each by themselves. */
  readonly initial: Map<string, Value>;
  /** The type of each declared location, as written, and of registers such as `0:r1`. */
  readonly types: Map<string, string>;
  /** Arrays with their numbers of elements. */
  readonly arrays: Map<string, number>;
  /** Those of each thread. */
  readonly registers: readonly Map<string, Value>[];
  readonly threadNumber: ReadonlyMap<string, number>;
  readonly problems: Problem[];
}

/** Declares all of an initial state. */
export function declareAll(init: readonly Declaration[], into: Declared): void {
  for (const declaration of init) {
    declare(declaration, into);
    // A member of a structure stands in bodies by its own name, which is no parameter: `d->own` is what `d.own` points to.
    if (isMember(declaration)) for (const own of into.registers) own.set(declaration.name, declaration.name);
  }
  for (const declaration of init) if ("value" in declaration) ensureAddressed(declaration.value, declaration.span, into);
}

/** Is this a member of a structure of the driver's? */
export function isMember(declaration: Declaration): declaration is Extract<Declaration, { kind: "location" }> {
  return declaration.kind === "location" && declaration.owner === undefined && declaration.name.includes(".");
}

function declare(declaration: Declaration, into: Declared): void {
  const unsupported = (message: string): void => {
    into.problems.push({ code: "unsupported", severity: "error", span: declaration.span, message, hint: "`fencepost check` runs it" });
  };
  switch (declaration.kind) {
    case "location": {
      if (declaration.space !== "memory" || declaration.owner !== undefined) {
        unsupported("the axioms know ordinary memory only");
        return;
      }
      const { name, value } = declaration;
      if (declaration.type !== undefined) into.types.set(name, declaration.type);
      // `{}` is what all is without it: 0.
      const items = value?.kind === "list" && value.items.length > 0 ? value.items : undefined;
      const length = declaration.length ?? items?.length;
      if (items !== undefined && length !== undefined && items.length > length) {
        into.problems.push({
          code: "syntax",
          severity: "error",
          span: declaration.span,
          message: `\`${name}\` has ${length} elements, and is given ${items.length} values`,
        });
      }
      if (length === undefined) {
        into.initial.set(name, cut(initialValue(value), declaration.type));
      } else {
        into.arrays.set(name, length);
        for (let at = 0; at < length; at++) into.initial.set(indexed(name, at), cut(initialValue(items?.[at]), declaration.type));
      }
      return;
    }
    case "register": {
      const thread = into.threadNumber.get(declaration.thread);
      if (thread === undefined) {
        into.problems.push({
          code: "unknown-name",
          severity: "error",
          span: declaration.span,
          message: `there is no thread ${declaration.thread}`,
        });
        return;
      }
      const value = initialValue(declaration.value);
      into.registers[thread]?.set(declaration.name, value);
      if (declaration.type !== undefined) into.types.set(`${thread}:${declaration.name}`, declaration.type);
      return;
    }
    case "line":
      return;
    case "device":
    case "thread":
      unsupported(`${declaration.name}: the axioms know no placement`);
  }
}

function initialValue(value: Initial | undefined): Value {
  if (value === undefined || value.kind === "list") return 0;
  return value.kind === "integer" ? asWord(value.value) : indexed(value.name, value.index ?? 0);
}

/** What initial values point to is there. */
function ensureAddressed(value: Initial | undefined, span: Span, into: Declared): void {
  if (value?.kind === "list") for (const item of value.items) ensureAddressed(item, span, into);
  if (value?.kind !== "address") return;
  const { initial, arrays, problems } = into;
  const { name, index = 0 } = value;
  if (!initial.has(name)) initial.set(name, 0);
  const length = arrays.get(name);
  if (index < (length ?? 1)) return;
  const message = length === undefined ? `\`${name}\` is not an array` : `\`${name}\` has ${length} elements`;
  problems.push({ code: "arguments", severity: "error", span, message, hint: `its first element is \`${name}\`` });
}

/** A small type holds no more than its bits, without a sign. */
function cut(value: Value, type: string | undefined): Value {
  const bits = smallBits(type)?.bits;
  return bits === undefined || typeof value !== "number" ? value : value & (2 ** bits - 1);
}

/** Bytes of an element, where there are arrays and all have the same. */
export function elementSizeOf(arrays: ReadonlyMap<string, number>, types: ReadonlyMap<string, string>): number | undefined {
  if (arrays.size === 0) return undefined;
  const sizes = new Set([...arrays.keys()].map((name) => sizeOf(types.get(name))));
  return sizes.size === 1 ? [...sizes][0] : undefined;
}
