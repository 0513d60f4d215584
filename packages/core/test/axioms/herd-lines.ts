/** Tests and their answers as text, line by line. */
import { type AnswerOptions, answer, herdText } from "../../src/axioms/index.js";
import { modelNamed, read } from "./model.js";

/** What is printed of a test, or what is wrong with it, line by line. */
export function lines(text: string, options: AnswerOptions = {}, named = modelNamed("lkmm")): readonly string[] {
  const { model, session } = named;
  const parsed = read(text);
  const given = answer(parsed, model, session, options);
  if (given.kind !== "answer") return given.kind === "problems" ? given.problems.map(({ message }) => message) : [given.reason];
  return herdText(parsed, given.answer, { seconds: undefined }).split("\n");
}

/** A test of one thread. */
export const program = (init: string, body: string, tail: string, parameters = "int *x"): string =>
  `C t\n{ ${init} }\nP0(${parameters})\n{\n${body}\n}\n${tail}\n`;

/** The states among the lines. */
export const states = (given: readonly string[]): readonly string[] => {
  const at = given.findIndex((line) => line.startsWith("States"));
  return given.slice(at + 1, at + 1 + Number(given[at]?.slice("States ".length)));
};
