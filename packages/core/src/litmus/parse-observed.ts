/** What herd7 takes in the place of a condition, and behind one: final states that a tool has observed, and the kinds of the condition for other models. */
import type { Cursor } from "./cursor.js";
import { parseComparison } from "./parse-condition.js";
import type { Proposition } from "./test.js";

/** `observed 0:r0=1; x=2; and 0:r0=0; x=1;`, the cursor behind the first word: one of these states. A state that says nothing is any state. */
export function parseObserved(cursor: Cursor): Proposition {
  const { start } = cursor.token;
  let any = parseState(cursor);
  while (!cursor.failing && cursor.atWord("and")) {
    cursor.advance();
    any = { kind: "or", left: any, right: parseState(cursor), span: cursor.span(start) };
  }
  return any;
}

/** What ends a list of states: the next part of the tail. */
const PARTS: ReadonlySet<string> = new Set(["and", "expect", "source", "with"]);

function parseState(cursor: Cursor): Proposition {
  const { start } = cursor.token;
  let all: Proposition | undefined;
  while (!cursor.failing && !cursor.at("end") && !(cursor.at("word") && PARTS.has(cursor.token.text))) {
    const each = parseComparison(cursor);
    if (!cursor.failing) cursor.expect(";", "`;` after each value of an observed state", "write `observed 0:r0=1; x=2;`");
    all = all === undefined ? each : { kind: "and", left: all, right: each, span: cursor.span(start) };
  }
  return all ?? { kind: "constant", value: true, span: cursor.span(start) };
}

const kindName = /[A-Za-z_.$][\w/.$-]*[ \t]*:/y;
const HINT = "write `with tso: ~exists; sc: forall`";

/** `with tso: ~exists; sc: forall`: what the condition would be for other models. As in herd7 it says nothing about this one. */
export function skipKinds(cursor: Cursor): void {
  cursor.advance();
  do {
    kindName.lastIndex = cursor.token.start;
    const name = kindName.exec(cursor.text)?.[0];
    if (name === undefined || cursor.at("end")) {
      cursor.failExpected("the name of a model and `:`", HINT);
      return;
    }
    cursor.jump(cursor.token.start + name.length, "outer");
    const negated = cursor.take("~") || (cursor.atWord("not") && cursor.advance().text === "not");
    if (cursor.atWord("exists") || (!negated && cursor.atWord("forall"))) cursor.advance();
    else cursor.failExpected(negated ? "`exists`" : "`exists`, `~exists` or `forall`", HINT);
  } while (!cursor.failing && cursor.take(";") && cursor.at("word") && !["expect", "source"].includes(cursor.token.text));
}
