import { deflateSync, strToU8 } from "fflate";
import { describe, expect, test } from "vitest";
import { type Carried, carriedBy, fragmentOf, LinkError } from "../src/link/link.js";

const CARRIED: Carried = {
  text: 'C x\n"Ünïcode \u{1f600}"\n{}\nP0() {}\nexists (true)\n',
  platforms: ["sn2", "arm64+pci@5.1"],
  settings: [["barrier", "two-way"]],
  selected: "sn2",
  step: 3,
  off: [{ kind: "cell", table: "numa", index: 2, id: "numa: x", says: "s", source: "t" }],
  stories: [[1, 4096, 65536]],
  play: [1, 2],
};

const packed = (body: unknown): string => `#t1.${Buffer.from(deflateSync(strToU8(JSON.stringify(body)))).toString("base64url")}`;

describe("links", () => {
  test("carry everything there and back", () => {
    expect(carriedBy(fragmentOf(CARRIED))).toEqual(CARRIED);
    expect(fragmentOf(CARRIED)).toMatch(/^#t1\.[\w-]+$/);
  });

  test("leave out what is not set", () => {
    const bare = {
      ...CARRIED,
      platforms: undefined,
      settings: [],
      selected: undefined,
      step: undefined,
      off: [],
      stories: [],
      play: undefined,
    };
    expect(carriedBy(fragmentOf(bare))).toEqual(bare);
  });

  test.each([
    ["nothing", "#t1."],
    ["a later version", "#t2.AAAA"],
    ["no base64", "#t1.<script>"],
    ["no deflate", "#t1.AAAAAAAAAAAA"],
    ["no object", packed(3)],
    ["null", packed(null)],
    ["no text", packed({ p: ["sn2"] })],
    ["a text that is none", packed({ t: { toString: 1 } })],
    ["a long text", packed({ t: "x".repeat(70_000) })],
    ["zeros without end", `#t1.${Buffer.from(deflateSync(new Uint8Array(40_000_000))).toString("base64url")}`],
    ["platforms that are none", packed({ t: "", p: "sn2" })],
    ["a long list", packed({ t: "", p: Array(1000).fill("x") })],
    ["a step that is none", packed({ t: "", s: -1 })],
    ["options that are none", packed({ t: "", o: [["a"]] })],
    ["a rule that is none", packed({ t: "", x: [{ kind: "fact" }] })],
    ["a rule with more in it", packed({ t: "", x: [{ kind: "cell", id: "", says: "", source: "", table: { a: 1 } }] })],
    ["steps that are none", packed({ t: "", w: [["a"]] })],
    ["play that is none", packed({ t: "", f: [1.5] })],
  ])("with %s are refused with a sentence", (_, fragment) => {
    expect(() => carriedBy(fragment)).toThrow(LinkError);
  });

  test("cut off anywhere are refused or come to less, and never throw anything else", () => {
    const whole = fragmentOf(CARRIED);
    let refused = 0;
    for (let length = 4; length < whole.length; length++) {
      try {
        carriedBy(whole.slice(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(LinkError);
        refused++;
      }
    }
    expect(refused).toBe(whole.length - 4);
  });
});
