/** A syntax tree back to text, in one canonical form: what reading it gives equals the tree, but for the spans. */
import { printDeclarator, printStatements } from "./print-body.js";
import { indexed, printProposition, printTerm } from "./print-condition.js";
import type { Attribute, Clause, Declaration, Expectation, Initial, Test, Thread } from "./test.js";

/** The canonical text of a test. Comments are not part of a tree: they are lost. */
export function printTest(test: Test): string {
  const header = [
    `C ${test.name}`,
    ...(test.doc === undefined ? [] : [`"${test.doc}"`]),
    ...test.info.map((each) => `${each.key}=${each.value}`),
  ];
  const init = test.init.length === 0 ? "{ }" : `{\n${test.init.map((each) => `  ${printDeclaration(each)};\n`).join("")}}`;
  const tail: string[] = [];
  if (test.locations.length > 0) tail.push(`locations [${test.locations.map(printTerm).join("; ")}]`);
  if (test.filter !== undefined) tail.push(`filter (${printProposition(test.filter)})`);
  if (test.condition !== undefined) tail.push(`${test.condition.quantifier} (${printProposition(test.condition.proposition)})`);
  if (test.expects.length > 0) tail.push(printExpects(test.expects));
  tail.push(...test.sources.map(printSource));
  return [[...header, init].join("\n"), ...test.threads.map(printThread), ...(tail.length === 0 ? [] : [tail.join("\n")])]
    .join("\n\n")
    .concat("\n");
}

function printDeclaration(declaration: Declaration): string {
  switch (declaration.kind) {
    case "location": {
      const { space, dma, owner, length } = declaration;
      const word = dma ? "dma" : space === "memory" ? "" : space;
      const attributes = declaration.attributes.length > 0 ? printAttributes(declaration.attributes) : "";
      const place = indexed(`${owner === undefined ? "" : `${owner}.`}${declaration.name}`, length, declaration.field);
      const name = typed(declaration.type, place);
      return `${word}${attributes}${word === "" ? "" : " "}${name}${printValue(declaration)}`;
    }
    case "register": {
      const thread = declaration.thread.startsWith("P") ? declaration.thread.slice(1) : declaration.thread;
      return `${typed(declaration.type, `${thread}:${declaration.name}`)}${printValue(declaration)}`;
    }
    case "device":
    case "thread":
      return `${declaration.kind} ${declaration.name}${printAttributes(declaration.attributes)}`;
    case "line":
      return `line(${declaration.names.join(", ")})`;
  }
}

function typed(type: string | undefined, name: string): string {
  return type === undefined ? name : printDeclarator(type, name);
}

/** herd7 takes the `&` of an address only where the type is a pointer. */
function printValue(declaration: { readonly type: string | undefined; readonly value: Initial | undefined }): string {
  if (declaration.value === undefined) return "";
  const pointer = declaration.type?.includes("*") ?? false;
  return ` = ${printInitial(declaration.value, pointer)}`;
}

function printInitial(value: Initial, pointer: boolean): string {
  switch (value.kind) {
    case "integer":
      return String(value.value);
    case "address":
      return `${pointer ? "&" : ""}${indexed(value.name, value.index, undefined)}`;
    case "list":
      return `{${value.items.map((each) => printInitial(each, pointer)).join(", ")}}`;
  }
}

function printAttributes(attributes: readonly Attribute[]): string {
  return `(${attributes.map((each) => (each.value === undefined ? each.name : `${each.name}=${each.value}`)).join(", ")})`;
}

function printThread(thread: Thread): string {
  const parameters = thread.parameters.map((each) => printDeclarator(each.type, each.name)).join(", ");
  const clauses = thread.clauses.map((each) => ` ${printClause(each)}`).join("");
  const body = thread.body.length === 0 ? " }" : `\n${printStatements(thread.body, 1)}}`;
  return `${thread.name}(${parameters})${clauses} {${body}`;
}

function printClause(clause: Clause): string {
  switch (clause.kind) {
    case "attribute":
      return clause.value === undefined ? clause.name : `${clause.name}(${clause.value})`;
    case "on": {
      const register = clause.register === undefined ? "" : `.${clause.register}`;
      const vector = clause.vector === 0 ? "" : `, ${clause.vector}`;
      return `on ${clause.event}(${clause.device}${register}${vector})`;
    }
  }
}

/** Entries with the same verdict that follow each other are joined. */
function printExpects(expects: readonly Expectation[]): string {
  const groups: { names: string[]; verdict: string }[] = [];
  for (const { platform, verdict } of expects) {
    const last = groups.at(-1);
    if (last?.verdict === verdict) last.names.push(platform);
    else groups.push({ names: [platform], verdict });
  }
  return `expect ${groups.map(({ names, verdict }) => `${names.join(", ")}: ${verdict}`).join("; ")}`;
}

function printSource(text: string): string {
  return text.includes('"') ? `source ${text}` : `source "${text}"`;
}
