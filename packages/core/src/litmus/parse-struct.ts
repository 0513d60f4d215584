/** Structures in the initial state: each member is a location of its own, `d.own`. */
import type { Cursor } from "./cursor.js";
import { parseInteger } from "./parse-integer.js";
import { parseBaseType, parseStars, typeText } from "./parse-type.js";
import type { Declaration } from "./test.js";

interface Field {
  readonly name: string;
  readonly type: string;
  readonly length: number | undefined;
}

/** The structures that the initial state has described so far, by their tags. */
export type Structures = Map<string, readonly Field[]>;

/** At `struct desc { … }`, or at `struct desc` where that is known and no pointer to it: its members, behind which the cursor then stands. */
export function takeStructure(cursor: Cursor, structures: Structures): readonly Field[] | undefined {
  if (!cursor.atWord("struct")) return undefined;
  const second = cursor.after();
  const tag = second.kind === "word" ? second.text : "";
  const next = tag === "" ? second : cursor.after(second);
  if (next.kind !== "{") {
    const known = structures.get(tag);
    if (known === undefined || next.kind !== "word") return undefined;
    cursor.advance();
    cursor.advance();
    return known;
  }
  cursor.advance();
  if (tag !== "") cursor.advance();
  const fields = parseFields(cursor);
  if (tag !== "") structures.set(tag, fields);
  // `__packed`, `____cacheline_aligned`: how it lies in memory does not show.
  while (cursor.at("word") && cursor.token.text.startsWith("__")) cursor.advance();
  return fields;
}

function parseFields(cursor: Cursor): Field[] {
  cursor.advance();
  const fields: Field[] = [];
  while (!cursor.failing && !cursor.at("}") && !cursor.at("end")) {
    if (cursor.take(";")) continue;
    const base = parseBaseType(cursor);
    do {
      const type = typeText([...base, ...parseStars(cursor)]);
      const here = cursor.here;
      const name = cursor.expectWord("the name of a member");
      if (name === undefined) break;
      if (cursor.at("{")) {
        cursor.report(
          "unsupported",
          here,
          "a structure inside a structure is not part of the language",
          "give its members to the outer one",
        );
        cursor.nested([], () => parseFields(cursor));
        if (cursor.at("word")) cursor.advance();
        continue;
      }
      let length: number | undefined;
      if (cursor.take("[")) {
        length = parseInteger(cursor);
        cursor.expect("]");
      }
      // A bit field is a word here.
      if (cursor.take(":")) parseInteger(cursor);
      if (fields.some((field) => field.name === name.text)) cursor.report("duplicate", here, `there are two members \`${name.text}\``);
      fields.push({ name: name.text, type, length });
    } while (!cursor.failing && cursor.take(","));
    if (!cursor.failing && !cursor.at("}")) cursor.expectSemicolon("the member");
  }
  if (!cursor.failing) cursor.expect("}", "`}` after the members");
  return fields;
}

type Location = Extract<Declaration, { kind: "location" }>;

/** The locations of a variable that is a structure, or an array of them. Values in braces go to its members in their order. */
export function members(cursor: Cursor, variable: Location, fields: readonly Field[]): Location[] {
  const { length, value, span } = variable;
  if (variable.owner !== undefined) {
    cursor.report(
      "unsupported",
      span,
      "registers are declared one by one",
      `write \`mmio int ${variable.owner}.${fields[0]?.name ?? "door"};\``,
    );
  }
  const items = value?.kind === "list" ? value.items : undefined;
  if (value !== undefined && (items === undefined || length !== undefined)) {
    cursor.report(
      "unsupported",
      span,
      "only a single structure takes initial values, in braces",
      `write \`${variable.name}.${fields[0]?.name ?? "own"} = 1;\``,
    );
  } else if (items !== undefined && items.length > fields.length) {
    cursor.report("arguments", span, `${items.length} values for ${fields.length} members`);
  }
  if (length !== undefined && fields.some((field) => field.length !== undefined)) {
    cursor.report(
      "unsupported",
      span,
      "an array inside an array of structures is not part of the language",
      "give each structure a name of its own",
    );
  }
  return fields.map((field, index) => ({
    ...variable,
    type: field.type === "" ? undefined : field.type,
    name: `${variable.name}.${field.name}`,
    length: length ?? field.length,
    value: length === undefined ? items?.[index] : undefined,
  }));
}
