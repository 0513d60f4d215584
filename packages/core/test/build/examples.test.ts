/** The examples, run: their own unit tests as part of these, and the table of the Altix story. */
import { expect, test } from "vitest";

const example = (name: string): Promise<unknown> => import(/* @vite-ignore */ new URL(`../../../../examples/${name}`, import.meta.url).href);

await example("ring-protocol.test.ts");

test("the Altix story", async () => {
  const { altixStory } = (await example("altix-story.ts")) as { readonly altixStory: () => string };
  expect(`\n${altixStory()}`).toBe(`
`);
});
