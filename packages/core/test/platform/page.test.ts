import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ACCESSOR_NAMES, OPTIONAL_ACCESSORS } from "../../src/platform/accessor.js";
import {
  ACCESS_FIELDS,
  ACCESS_RELATIONS,
  MAPPING_ATTRIBUTES,
  MAPPING_CONDITIONS,
  PACKET_FIELDS,
  PACKET_RELATIONS,
} from "../../src/platform/condition.js";
import { ACCESS_KINDS, PACKET_KINDS, platform, platformNames, ROUTE_KINDS, validatePlatformFile } from "../../src/platform/index.js";

const page = readFileSync(fileURLToPath(new URL("../../../../docs/platforms.md", import.meta.url)), "utf8");

describe("docs/platforms.md", () => {
  const blocks = [...page.matchAll(/^```json\n(.*?)^```/gms)].map((match) => match[1] ?? "");

  test("has examples", () => expect(blocks.length).toBeGreaterThan(1));

  test.each(blocks.map((text, index) => [index + 1, text] as const))("example %i is valid", (_, text) => {
    expect(validatePlatformFile({ name: "example.json", text }).problems).toEqual([]);
  });

  const vocabulary = [
    ...[
      ACCESSOR_NAMES,
      OPTIONAL_ACCESSORS,
      ACCESS_KINDS,
      PACKET_KINDS,
      ACCESS_RELATIONS,
      ACCESS_FIELDS,
      PACKET_RELATIONS,
      PACKET_FIELDS,
    ].flat(),
    ...[MAPPING_ATTRIBUTES, MAPPING_CONDITIONS, platformNames()].flat(),
    // `port-…`, `config-…` and `peer-…` are written out in the list of routes.
    ...ROUTE_KINDS,
    ...platformNames().flatMap((name) => platform(name)?.options.map(({ id }) => id) ?? []),
  ];
  test("names the whole vocabulary", () => expect([...new Set(vocabulary)].filter((word) => !page.includes(`\`${word}\``))).toEqual([]));
});
