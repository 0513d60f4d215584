/**
 * Tokens of a model -> its syntax. The grammar is that of herd7's `cat` (lib/modelParser.mly of herdtools7). Binary operators from loose to tight: `|`, `++`, `;`, `\`, `&`, then `*` and the
 * postfix ones; `\` groups to the left, the others to the right, so that `a;b\c` is `a;(b\c)`.
 */
import type { Source, Span } from "../source.js";
import { Cursor, Failed } from "./cursor.js";
import type { CatOutcome, CatProblem, Include } from "./model.js";
import { binding, expression, plain, testOf } from "./parse-expression.js";
import { scanCat } from "./scan.js";
import type { Binding, CatModel, Instruction, ModelTest, Pattern } from "./syntax.js";

/** Reads a model and all that it includes. A file that `include` does not find is a mistake only where the model gets there (`if "variant"`): see `compileModel`. */
export function parseCat(source: Source, include: Include = () => undefined): CatOutcome<CatModel> {
  const problems: CatProblem[] = [];
  const model = parseFile(source, include, problems, [source.name]);
  if (problems.some((problem) => problem.severity === "error")) return { ok: false, problems };
  return { ok: true, value: model, problems };
}

function parseFile(source: Source, include: Include, problems: CatProblem[], open: readonly string[]): CatModel {
  const { tokens, problems: lexical } = scanCat(source);
  problems.push(...lexical);
  const cursor = new Cursor(source, tokens, problems);
  let architecture: string | undefined;
  let title = source.name;
  const first = cursor.takeKind("name");
  if (first !== undefined) {
    architecture = first.text;
    title = (cursor.takeKind("name") ?? cursor.takeKind("string") ?? first).text;
  } else title = cursor.takeKind("string")?.text ?? title;
  const derivesDependencies = cursor.take("catdep");
  const body: Instruction[] = [];
  try {
    while (!cursor.atEnd()) body.push(instruction(cursor, true, (name, span) => included(name, span, source, include, problems, open)));
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
  }
  return { source, title, architecture, derivesDependencies, body };
}

type Resolve = (name: string, span: Span) => readonly Instruction[] | undefined;

function included(
  name: string,
  span: Span,
  from: Source,
  include: Include,
  problems: CatProblem[],
  open: readonly string[],
): readonly Instruction[] | undefined {
  const source = include(name);
  if (source === undefined) return undefined;
  if (open.includes(source.name)) {
    problems.push({ severity: "error", place: { source: from, span }, message: `\`${name}\` includes itself` });
    return [];
  }
  return parseFile(source, include, problems, [...open, source.name]).body;
}

function instructions(cursor: Cursor, resolve: Resolve, ends: readonly string[]): Instruction[] {
  const body: Instruction[] = [];
  while (!ends.some((end) => cursor.at(end))) {
    if (cursor.atEnd()) cursor.failExpected(ends.map((end) => `\`${end}\``).join(" or "));
    body.push(instruction(cursor, false, resolve));
  }
  return body;
}

function instruction(cursor: Cursor, top: boolean, resolve: Resolve): Instruction {
  return cursor.nested(() => instructionHere(cursor, top, resolve));
}

function instructionHere(cursor: Cursor, top: boolean, resolve: Resolve): Instruction {
  const start = cursor.here.start;
  const place = () => cursor.placeFrom(start);
  if (cursor.take("let")) {
    if (cursor.take("rec")) {
      const bindings = bindingList(cursor);
      const when = cursor.take("when") ? testOf(cursor) : undefined;
      cursor.take("in");
      return { kind: "let-rec", bindings, when, place: place() };
    }
    const bindings = bindingList(cursor);
    cursor.take("in");
    return { kind: "let", bindings, place: place() };
  }
  if (cursor.take("match")) return matchInstruction(cursor, resolve, start);
  if (cursor.take("show")) return show(cursor, start);
  if (cursor.take("unshow")) return { kind: "unshow", names: nameList(cursor), place: place() };
  if (cursor.take("include")) {
    const { text, start: from, end } = cursor.expectKind("string", "the name of a file in double quotes");
    return { kind: "include", name: text, body: resolve(text, { start: from, end }), place: place() };
  }
  if (cursor.take("procedure")) {
    const recursive = cursor.take("rec");
    const name = cursor.expectKind("name", "the name of a procedure").text;
    const parameters = formals(cursor);
    cursor.expect("=");
    const body = instructions(cursor, resolve, ["end"]);
    cursor.expect("end");
    return { kind: "procedure", name, recursive, parameters, body, place: place() };
  }
  if (cursor.take("call")) {
    const name = cursor.expectKind("name", "the name of a procedure").text;
    const argument = plain(cursor);
    return { kind: "call", name, argument, as: asName(cursor), place: place() };
  }
  if (cursor.take("debug")) return { kind: "debug", of: expression(cursor), place: place() };
  if (cursor.take("forall")) {
    const name = cursor.expectKind("name", "a name").text;
    cursor.expect("in");
    const of = expression(cursor);
    cursor.expect("do");
    const body = instructions(cursor, resolve, ["end"]);
    cursor.expect("end");
    return { kind: "forall", name, of, body, place: place() };
  }
  if (cursor.take("with")) {
    const name = cursor.expectKind("name", "a name").text;
    cursor.expect("from");
    return { kind: "with", name, of: expression(cursor), place: place() };
  }
  if (cursor.take("if")) {
    const condition = cursor.variant();
    const yes = instructions(cursor, resolve, ["else", "end"]);
    const no = cursor.take("else") ? instructions(cursor, resolve, ["end"]) : [];
    cursor.expect("end");
    return { kind: "if", condition, yes, no, place: place() };
  }
  if (cursor.at("enum")) {
    if (!top) cursor.fail(cursor.here, "`enum` stands only at the top of a file");
    cursor.advance();
    const name = cursor.expectKind("name", "the name of an enumeration").text;
    cursor.expect("=");
    cursor.take("||");
    const tags = [cursor.expectKind("tag", "a tag such as `'once`").text];
    while (cursor.take("||")) tags.push(cursor.expectKind("tag", "a tag such as `'once`").text);
    return { kind: "enum", name, tags, place: place() };
  }
  if (cursor.at("instructions") || cursor.at("default")) {
    const isDefault = cursor.advance().text === "default";
    const events = cursor.expectKind("name", "a kind of event such as `R`").text;
    cursor.expect("[");
    const tags = [];
    while (!cursor.at("]")) {
      tags.push(expression(cursor, true));
      if (!cursor.take(",")) break;
    }
    cursor.expect("]");
    return { kind: "events", events, tags, default: isDefault, place: place() };
  }
  const role = cursor.take("flag")
    ? "flag"
    : cursor.take("undefined_unless")
      ? "undefined-unless"
      : cursor.take("assert")
        ? "assert"
        : "check";
  if (role !== "check" || cursor.atTest()) {
    const test: ModelTest = testOf(cursor);
    return { kind: "test", role, test, place: place() };
  }
  return cursor.failExpected("an instruction such as `let`, `acyclic`, `include` or `show`");
}

function bindingList(cursor: Cursor): Binding[] {
  const bindings = [binding(cursor)];
  while (cursor.take("and")) bindings.push(binding(cursor));
  return bindings;
}

function formals(cursor: Cursor): Pattern {
  return cursor.take("(") ? cursor.formalsTo(")") : { kind: "one", name: cursor.patternName() };
}

function nameList(cursor: Cursor): string[] {
  const names = [cursor.expectKind("name", "a name").text];
  while (cursor.take(",")) names.push(cursor.expectKind("name", "a name").text);
  return names;
}

function show(cursor: Cursor, start: number): Instruction {
  const next = cursor.after();
  if (cursor.atKind("name") && (next.text === "," || (next.kind === "keyword" && next.text !== "as") || next.kind === "end")) {
    return { kind: "show", names: nameList(cursor), place: cursor.placeFrom(start) };
  }
  const of = expression(cursor, true);
  if (!cursor.at("as") && of.kind === "name") return { kind: "show", names: [of.name], place: cursor.placeFrom(start) };
  cursor.expect("as");
  return { kind: "show-as", of, name: cursor.expectKind("name", "a name").text, place: cursor.placeFrom(start) };
}

function asName(cursor: Cursor): string | undefined {
  return cursor.take("as") ? cursor.expectKind("name", "a name").text : undefined;
}

function matchInstruction(cursor: Cursor, resolve: Resolve, start: number): Instruction {
  const of = expression(cursor);
  cursor.expect("with");
  cursor.take("||");
  const clauses: { tag: string; body: Instruction[] }[] = [];
  let otherwise: Instruction[] | undefined;
  do {
    const tag = cursor.takeKind("tag");
    if (tag === undefined) cursor.expect("_", "a tag or `_`");
    cursor.expect("->");
    const body = instructions(cursor, resolve, ["||", "end"]);
    if (tag === undefined) otherwise = body;
    else clauses.push({ tag: tag.text, body });
  } while (otherwise === undefined && cursor.take("||"));
  cursor.expect("end");
  return { kind: "match", of, clauses, otherwise, place: cursor.placeFrom(start) };
}
