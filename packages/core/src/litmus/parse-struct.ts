/** Structures: what describes one, and the locations that a variable of one is. Each member is a location of its own, `d.own`. */
import type { Cursor } from "./cursor.js";
import { parseInteger } from "./parse-integer.js";
import { ownsRegisters } from "./parse-member.js";
import { parseBaseType, parseStars, typeText } from "./parse-type.js";
import type { Declaration, Initial } from "./test.js";

/** A member; those of a structure inside it are members too, `head.next`. */
interface Field {
  readonly name: string;
  readonly type: string;
  readonly length: number | undefined;
  /** What stands behind the index of an array of structures inside: `next` in `heads[2].next`. */
  readonly field: string | undefined;
}

/** The structures described so far, by what their variables' declarations begin with: `struct desc`, and `desc_t` after a `typedef`. */
export type Structures = Map<string, readonly Field[]>;

/**
 * At `struct desc { … }`, or at `struct desc` or `desc_t` where that is known and no pointer to it: its members, behind which the cursor then stands.
 */
export function takeStructure(cursor: Cursor, structures: Structures): readonly Field[] | undefined {
  if (cursor.atWord("volatile") || cursor.atWord("const")) {
    const next = cursor.after();
    const tag = next.text === "struct" ? `struct ${cursor.after(next).text}` : next.text;
    if (!structures.has(tag)) return undefined;
    const qualifier = cursor.advance().text;
    return takeStructure(cursor, structures)?.map((field) => ({ ...field, type: `${qualifier} ${field.type}` }));
  }
  if (!cursor.at("word")) return undefined;
  const first = cursor.token;
  if (first.text !== "struct") {
    const known = structures.get(first.text);
    if (known === undefined || cursor.after().kind !== "word") return undefined;
    cursor.advance();
    return known;
  }
  const second = cursor.after();
  const tag = second.kind === "word" ? second.text : "";
  const next = tag === "" ? second : cursor.after(second);
  if (next.kind !== "{") {
    const known = structures.get(`struct ${tag}`);
    if (known === undefined || next.kind !== "word") return undefined;
    cursor.advance();
    cursor.advance();
    return known;
  }
  cursor.advance();
  if (tag !== "") cursor.advance();
  const fields = parseFields(cursor, structures);
  if (tag !== "") structures.set(`struct ${tag}`, fields);
  skipAttributes(cursor);
  return fields;
}

/** `__packed`, `____cacheline_aligned`, `__attribute__((packed))`: how it lies in memory does not show. */
function skipAttributes(cursor: Cursor): void {
  while (cursor.at("word") && cursor.token.text.startsWith("__")) {
    cursor.advance();
    if (!cursor.at("(")) continue;
    let depth = 0;
    do {
      if (cursor.at("(")) depth++;
      if (cursor.at(")")) depth--;
      cursor.advance();
    } while (depth > 0 && !cursor.at("end"));
  }
}

function parseFields(cursor: Cursor, structures: Structures): Field[] {
  cursor.advance();
  const fields: Field[] = [];
  while (!cursor.failing && !cursor.at("}") && !cursor.at("end")) {
    if (cursor.take(";")) continue;
    if (cursor.atWord("union")) {
      cursor.report("unsupported", cursor.here, "a union is not part of the language", "declare the member that the test uses");
      cursor.advance();
      if (cursor.at("word")) cursor.advance();
      if (cursor.at("{")) cursor.nested([], () => parseFields(cursor, structures));
      if (cursor.at("word")) cursor.advance();
      continue;
    }
    const inner = cursor.nested(undefined, () => takeStructure(cursor, structures));
    if (inner !== undefined && cursor.at(";")) addFields(cursor, fields, inner);
    else if (!cursor.failing) parseMembers(cursor, fields, inner);
    if (!cursor.failing && !cursor.at("}")) cursor.expectSemicolon("the member");
  }
  if (!cursor.failing) cursor.expect("}", "`}` after the members");
  return fields;
}

/** `u32 addr`, `u32 len:16, own:1`, `u8 data[4]`, and with `inner` a structure inside: `struct head head`. */
function parseMembers(cursor: Cursor, fields: Field[], inner: readonly Field[] | undefined): void {
  const base = inner === undefined ? parseBaseType(cursor) : [];
  do {
    const type = typeText([...base, ...parseStars(cursor)]);
    const here = cursor.here;
    const name = cursor.expectWord("the name of a member");
    if (name === undefined) return;
    let length: number | undefined;
    if (cursor.take("[")) {
      length = parseInteger(cursor);
      cursor.expect("]");
    }
    // A bit field is a word here.
    if (cursor.take(":")) parseInteger(cursor);
    if (inner === undefined) addFields(cursor, fields, [{ name: name.text, type, length, field: undefined }], here);
    else {
      if (length !== undefined && inner.some((field) => field.length !== undefined)) rejectArrays(cursor, here);
      const whole = inner.map((field) => ({
        name: `${name.text}.${field.name}`,
        type: field.type,
        length: length ?? field.length,
        field: length === undefined ? field.field : field.name,
      }));
      addFields(cursor, fields, whole, here);
    }
  } while (!cursor.failing && cursor.take(","));
}

function addFields(cursor: Cursor, fields: Field[], more: readonly Field[], here = cursor.here): void {
  for (const field of more) {
    if (fields.some((each) => each.name === field.name)) cursor.report("duplicate", here, `there are two members \`${field.name}\``);
    fields.push(field);
  }
}

function rejectArrays(cursor: Cursor, span: { readonly start: number; readonly end: number }): void {
  cursor.report(
    "unsupported",
    span,
    "an array inside an array of structures is not part of the language",
    "give each structure a name of its own",
  );
}

type Location = Extract<Declaration, { kind: "location" }>;

/** The locations of a variable that is a structure, or an array of them. `mmio struct regs D0` and `D0.regs` are blocks of registers. */
export function members(cursor: Cursor, variable: Location, fields: readonly Field[]): Location[] {
  const { value: _, span, ...where } = variable;
  const { length } = where;
  const block = variable.owner === undefined && variable.space !== "memory" && ownsRegisters(variable.name);
  if (length !== undefined && fields.some((field) => field.length !== undefined)) rejectArrays(cursor, span);
  const values = valuesOf(cursor, variable, fields);
  const offsets = offsetsOf(variable, fields);
  return fields.map((field, index) => {
    const offset = offsets?.[index];
    const inside = length === undefined ? field.field : field.name;
    return {
      ...where,
      attributes:
        offset === undefined
          ? variable.attributes
          : [...variable.attributes.filter((each) => each.name !== "at"), { name: "at", value: offset, span }],
      type: field.type === "" ? undefined : field.type,
      owner: block ? variable.name : variable.owner,
      name: block ? field.name : `${variable.name}.${field.name}`,
      length: length ?? field.length,
      ...(inside === undefined ? {} : { field: inside }),
      value: values[index],
      span,
    };
  });
}

/** What the braces give each member: values in the members' order, or by their names, `.own = 1`; of an array, braces for each element. */
function valuesOf(cursor: Cursor, { name, length, value, span }: Location, fields: readonly Field[]): readonly (Initial | undefined)[] {
  if (value === undefined) return [];
  const wrong = (message: string, hint?: string): readonly undefined[] => {
    cursor.report("arguments", span, message, hint);
    return [];
  };
  const first = fields[0]?.name ?? "own";
  if (value.kind !== "list") return wrong("a structure takes its initial values in braces", `write \`${name} = { .${first} = 1 };\``);
  if (length === undefined) return membersOf(cursor, value, fields, span);
  if (value.items.length > length) return wrong(`${value.items.length} values for ${length} elements`);
  const elements = value.items.map((item) =>
    item.kind === "list"
      ? membersOf(cursor, item, fields, span)
      : wrong("an element of an array of structures takes its initial values in braces", `write \`{{ .${first} = 1 }, …}\``),
  );
  return fields.map((_, index) => ({ kind: "list", items: elements.map((each) => each[index] ?? { kind: "integer", value: 0 }) }));
}

function membersOf(
  cursor: Cursor,
  list: Extract<Initial, { kind: "list" }>,
  fields: readonly Field[],
  span: Location["span"],
): readonly (Initial | undefined)[] {
  const values: (Initial | undefined)[] = fields.map(() => undefined);
  let next = 0;
  for (const [index, item] of list.items.entries()) {
    const name = list.names?.[index];
    if (name !== undefined) next = fields.findIndex((field) => field.name === name);
    if (next === -1) {
      cursor.report(
        "unknown-name",
        span,
        `there is no member \`${name}\``,
        `there are ${fields.map((field) => `\`${field.name}\``).join(", ")}`,
      );
      return values;
    }
    if (next >= fields.length) {
      cursor.report("arguments", span, `${list.items.length} values for ${fields.length} members`);
      return values;
    }
    values[next++] = item;
  }
  return values;
}

const sizes: ReadonlyMap<string, number> = new Map([
  ["8", 1],
  ["16", 2],
  ["64", 8],
]);

/** Where the members lie, in bytes, as C lays them out; undefined where that plays no role. */
function offsetsOf({ space, attributes }: Location, fields: readonly Field[]): readonly number[] | undefined {
  const at = attributes.find((each) => each.name === "at")?.value;
  if (space === "memory" || (at === undefined && !attributes.some((each) => each.name === "combining"))) return undefined;
  let end = typeof at === "number" ? at : 0;
  return fields.map((field) => {
    const size = sizes.get(/(8|16|64)(_t)?$/.exec(field.type)?.[1] ?? "") ?? 4;
    const start = Math.ceil(end / size) * size;
    end = start + size * (field.length ?? 1);
    return start;
  });
}
