import { expect, test } from "vitest";
import { fencepost, file, race } from "./command.js";

test("the list has each platform with what it is made of", () => {
  const { out, code } = fencepost(["platforms"]);
  expect(code).toBe(0);
  expect(out).toMatch(/^sn2-pic +ia64\+sn2-pic@5\.1 +SGI Altix, PIC bridge$/m);
  expect(out).toMatch(/^x86 +x86\+pcie@6\.19 +conforming /m);
});

test("one platform: places, tables, accessors, mappings, options, each with its source", () => {
  const { out } = fencepost(["platforms", "show", "sn2-pic"]);
  expect(out).toMatch(/^ {2}numa: .*; one per machine; table numa$/m);
  expect(out).toContain(
    "  out-of-order-DMA: younger posted, intx may pass older posted, intx\n      [A. Kepner, OpenFabrics 2006-12-13; linux-ia64 2007-08]\n",
  );
  expect(out).toMatch(/^ {2}readX: .*token flush\n {6}\[/m);
  expect(out).toMatch(/^ {2}streaming -> nothing$/m);
  expect(out).toMatch(/^ {2}streaming, write barrier -> barrier\n {6}write-barrier \[/m);
  expect(out).toMatch(/^ {2}barrier = one-way \(default\) \| two-way$/m);
});

test("a composition has no entry in the list and can be shown", () => {
  expect(fencepost(["platforms", "show", "arm64+sn2-pic@4.9"]).out).toContain("CPU arm64, fabric sn2-pic, kernel 4.9");
  expect(fencepost(["platforms", "show", "sn2-pci"])).toMatchObject({ code: 2, err: expect.stringContaining("did you mean sn2-pic") });
});

test("a platform of one's own, from a file", () => {
  const mine = file("mine.json", JSON.stringify({ kind: "platform", name: "mine", cpu: "x86", fabric: "sn2-pic", source: "mine" }));
  const path = file("race.litmus", race("expect mine: allowed"));
  expect(fencepost(["check", path, "--platform-file", mine])).toMatchObject({ code: 0, out: expect.stringContaining("mine: allowed") });
  expect(fencepost(["check", path, "--platform", `x86,${mine}`])).toMatchObject({ code: 0, out: expect.stringMatching(/x86 +mine/) });
  expect(fencepost(["explain", path, "--platform", mine]).code).toBe(0);
  expect(fencepost(["platforms", "show", mine]).code).toBe(0);
  expect(fencepost(["check", path, "--platform", "./nothing.json"])).toMatchObject({
    code: 3,
    err: expect.stringContaining("nothing.json: error[file]"),
  });
  expect(fencepost(["platforms", "show", "mine", "--platform-file", mine]).code).toBe(0);
  const wrong = file("wrong.json", '{"kind": "platform", "name": "wrong", "cpu": "x68", "fabric": "pcie"}');
  expect(fencepost(["check", path, "--platform-file", wrong, "--platform", "x86"])).toMatchObject({
    code: 3,
    err: expect.stringContaining("wrong.json:1:"),
  });
  // What the file would have defined is not missed besides, and nothing else is checked instead.
  for (const command of [
    ["check", path],
    ["explain", path],
    ["fix", path],
    ["sim", path],
    ["platforms", "show"],
  ]) {
    const name = command[0] === "platforms" ? ["wrong"] : ["--platform", "wrong"];
    const { code, out, err } = fencepost([...command, ...name, "--platform-file", wrong]);
    expect([command[0], code, out]).toEqual([command[0], 3, ""]);
    expect(err).toMatch(/wrong\.json:1:\d+: error\[platform\]: there is no CPU `x68`/);
    expect(err).not.toContain("there is no platform");
  }
  expect(fencepost(["check", path, "--platform-file", wrong])).toMatchObject({ code: 3, out: "" });
});
