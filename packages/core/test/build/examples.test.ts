/** The examples, run: their own unit tests as part of these, and the table of the Altix story. */
import { expect, test } from "vitest";

const example = (name: string): Promise<unknown> =>
  import(/* @vite-ignore */ new URL(`../../../../examples/${name}`, import.meta.url).href);

await example("ring-protocol.test.ts");

test("the Altix story", async () => {
  const { altixStory } = (await example("altix-story.ts")) as { readonly altixStory: () => string };
  expect(`\n${altixStory()}`).toBe(`
stale data     sn2-pic        sn2-tiocp      sn2-tioca      sn2-pic@2.6.24 pcie           arm64          portable
race           allowed        allowed        allowed        allowed        forbidden      forbidden      allowed
pio-read       forbidden      forbidden      forbidden ?    forbidden      forbidden      forbidden      forbidden
relaxed-read   allowed        allowed        forbidden ?    allowed        forbidden      forbidden      allowed
mmiowb         allowed        allowed        allowed        allowed        forbidden      forbidden      allowed
coherent       forbidden      forbidden      allowed        allowed        forbidden      forbidden      allowed ?
dmaflush       forbidden      forbidden      allowed        allowed        forbidden      forbidden      allowed
compiled-x86   allowed        allowed        allowed        allowed        forbidden      forbidden      allowed
compiled-sn2   forbidden      forbidden      allowed        allowed        forbidden      forbidden      allowed
user-space     allowed        allowed        allowed        allowed        forbidden      forbidden      allowed
user-dmaflush  forbidden      forbidden      allowed        allowed        forbidden      forbidden      allowed

flag on bus    barrier        barrier        nothing        nothing        nothing        nothing        nothing
`);
});
