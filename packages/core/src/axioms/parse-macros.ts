/** Reads a herd7 macro file (`linux-kernel.def`): lines `NAME(A,B) expression` and `NAME(A,B) { statements }`. */
import { Cursor } from "../litmus/cursor.js";
import { parseBody } from "../litmus/parse-body.js";
import { expressionReader, parseExpression } from "../litmus/parse-expression.js";
import type { Outcome } from "../problem.js";
import type { Source } from "../source.js";
import type { Macro, Macros } from "./macro.js";

/** The macros of a file; a later definition of a name replaces an earlier one. */
export function parseMacros(source: Source): Outcome<Macros> {
  const cursor = new Cursor(source.text);
  const table = new Map<string, Macro>();
  cursor.jump(0, "body");
  while (!cursor.at("end") && !cursor.failing) {
    const name = cursor.expectWord("the name of a macro")?.text ?? "";
    const parameters: string[] = [];
    cursor.expect("(", "`(` and the parameters");
    if (!cursor.failing && !cursor.at(")")) {
      do parameters.push(cursor.expectWord("a parameter")?.text ?? "");
      while (!cursor.failing && cursor.take(","));
    }
    cursor.expect(")");
    if (cursor.failing) break;
    if (cursor.at("{")) {
      const statements = parseBody(cursor, name);
      cursor.resume("body");
      table.set(name, { parameters, body: { kind: "statements", statements } });
    } else {
      table.set(name, { parameters, body: { kind: "expression", expression: parseExpression(expressionReader(cursor)) } });
    }
  }
  return cursor.outcome<Macros>(table);
}
