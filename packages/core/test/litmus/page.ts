import { readFileSync } from "node:fs";

/** The examples of docs/language.md, in order. */
export function pageExamples(): string[] {
  const page = readFileSync(new URL("../../../../docs/language.md", import.meta.url), "utf8");
  return [...page.matchAll(/^```litmus\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");
}
