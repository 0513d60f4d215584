/** Checks a platform file: its JSON, its shape, and what has to be true beyond the shape. Everything that is wrong is said at once. */

import { didYouMean } from "../nearest.js";
import type { Outcome, Problem } from "../problem.js";
import { type Complaints, collectComplaints } from "../program/complaints.js";
import type { Source } from "../source.js";
import { checkCpu } from "./check-cpu.js";
import { at, checkIds, keyAt, type Path, type Scene } from "./check-entry.js";
import { checkFabric } from "./check-fabric.js";
import type { CpuFile, FabricFile, MachinesFile, PlatformFile } from "./file.js";
import { cpuShape, fabricShape, machinesShape, platformShape } from "./file-shape.js";
import { type JsonNode, parseJson, valueOf } from "./json.js";
import { completeCpu, mergedFabric, tableCells } from "./like.js";
import { cpuOf, fabricOf, type Library } from "./load.js";
import type { Option } from "./platform.js";
import { checkShape, quoted } from "./shape.js";

const KINDS: readonly string[] = ["cpu", "fabric", "machines", "platform"];

/** `parts`: what the file may name. The value is a CpuFile, a FabricFile, a MachinesFile or a PlatformFile. */
export function validatePlatformFile(source: Source, parts: Library): Outcome<unknown> {
  const parsed = parseJson(source);
  if (!parsed.ok) return parsed;
  const complaints = collectComplaints();
  const root = parsed.value;
  const kind = memberOf(root, "kind");
  if (root.kind !== "object") complaints.error("platform", root.span, "a platform file is an object");
  else if (kind === undefined)
    complaints.error(
      "platform",
      at({ root, base: [], complaints }),
      'a platform file says what it describes: "kind"',
      `kinds are ${quoted(KINDS)}`,
    );
  else if (kind.kind !== "string" || !KINDS.includes(kind.value)) {
    complaints.error(
      "platform",
      kind.span,
      `kinds of platform files are ${quoted(KINDS)}`,
      kind.kind === "string" ? didYouMean(kind.value, KINDS) : undefined,
    );
  } else checkFile(kind.value, root, complaints, parts);
  const problems: readonly Problem[] = complaints.list();
  return problems.some((problem) => problem.severity === "error") ? { ok: false, problems } : { ok: true, value: valueOf(root), problems };
}

const memberOf = (node: JsonNode, key: string): JsonNode | undefined =>
  node.kind === "object" ? node.members.find((member) => member.key === key)?.value : undefined;

const nameOf = (node: JsonNode): string | undefined => {
  const name = memberOf(node, "name");
  return name?.kind === "string" ? name.value : undefined;
};

const failed = (complaints: Complaints): boolean => complaints.list().some((problem) => problem.severity === "error");

function checkFile(kind: string, root: JsonNode, complaints: Complaints, parts: Library): void {
  const scene: Scene = { root, base: [], complaints };
  const variant = memberOf(root, "like") !== undefined;
  switch (kind) {
    case "cpu":
      checkShape(root, cpuShape(variant, false), "the CPU", complaints);
      if (!failed(complaints)) completeAndCheckCpu(scene, valueOf(root) as CpuFile, parts, nameOf(root));
      return;
    case "fabric":
      checkShape(root, fabricShape(variant, false), "the fabric", complaints);
      if (!failed(complaints)) completeAndCheckFabric(scene, valueOf(root) as FabricFile, parts, nameOf(root));
      return;
    case "machines":
      checkShape(root, machinesShape, "the file", complaints);
      if (!failed(complaints)) checkMachines(scene, valueOf(root) as MachinesFile, parts);
      return;
    default:
      checkShape(root, platformShape, "the platform", complaints);
      for (const part of ["cpu", "fabric"]) {
        const node = memberOf(root, part);
        if (node?.kind !== "object") continue;
        const shape = part === "cpu" ? cpuShape : fabricShape;
        checkShape(node, shape(memberOf(node, "like") !== undefined, true), `\`${part}\``, complaints);
      }
      if (!failed(complaints)) checkPlatform(scene, valueOf(root) as PlatformFile, parts);
  }
}

/** `own`: the name by which others can be like this part; none where it stands inside a platform. */
function completeAndCheckCpu(scene: Scene, file: CpuFile, parts: Library, own?: string): void {
  const named = (name: string): CpuFile | undefined => (name === own ? file : parts.cpuFiles.get(name));
  if (!checkLike(scene, file.like, own, [...parts.cpuFiles.keys()], "CPU")) return;
  const whole = completeCpu(file, named);
  if (whole === undefined)
    scene.complaints.error("platform", at(scene, "like"), `\`${file.like ?? ""}\` is like \`${file.name}\` in the end`);
  else checkCpu(scene, file, whole);
}

function completeAndCheckFabric(scene: Scene, file: FabricFile, parts: Library, own?: string): void {
  const names = [...parts.fabricFiles.keys()];
  const named = (name: string): FabricFile | undefined => (name === own ? file : parts.fabricFiles.get(name));
  if (!checkLike(scene, file.like, own, names, "fabric")) return;
  const merged = mergedFabric(file, named);
  if (merged === undefined) {
    scene.complaints.error("platform", at(scene, "like"), `\`${file.like ?? ""}\` is like \`${file.name}\` in the end`);
    return;
  }
  const tables: { [name: string]: NonNullable<ReturnType<typeof tableCells>> } = {};
  let complete = true;
  for (const name of Object.keys(merged.tables)) {
    const cells = tableCells(merged, name, named);
    if (cells !== undefined) {
      tables[name] = cells;
      continue;
    }
    complete = false;
    const table = merged.tables[name];
    const like = table !== undefined && "like" in table ? table.like : "";
    const [first = "", second] = like.split("/");
    const home = second === undefined ? merged : parts.fabrics.get(first);
    const known = Object.keys(home?.tables ?? {});
    const round = known.includes(second ?? first);
    const message = round ? `\`${name}\` is like itself in the end` : `there is no table \`${like}\` that \`${name}\` could be like`;
    const hint = round
      ? undefined
      : second !== undefined && home === undefined
        ? didYouMean(first, names)
        : didYouMean(second ?? first, known);
    scene.complaints.error("platform", at(scene, "tables", name, "like"), message, hint);
  }
  if (complete) checkFabric(scene, file, { ...merged, tables });
}

function checkLike(scene: Scene, like: string | undefined, own: string | undefined, names: readonly string[], what: string): boolean {
  if (like === undefined || (like !== own && names.includes(like))) return true;
  const message = like === own ? `a ${what} cannot be like itself` : `there is no ${what} \`${like}\``;
  scene.complaints.error(
    "platform",
    at(scene, "like"),
    message,
    didYouMean(
      like,
      names.filter((name) => name !== own),
    ) ?? `there are ${quoted(names)}`,
  );
  return false;
}

function checkSettings(
  scene: Scene,
  path: Path,
  settings: { readonly [option: string]: string } | undefined,
  options: readonly Option[],
): void {
  for (const [id, value] of Object.entries(settings ?? {})) {
    const option = options.find((candidate) => candidate.id === id);
    const ids = options.map((candidate) => candidate.id);
    if (option === undefined)
      scene.complaints.error(
        "platform",
        keyAt(scene, path, id),
        `there is no option \`${id}\``,
        didYouMean(id, ids) ?? (ids.length > 0 ? `options are ${quoted(ids)}` : "its parts have none"),
      );
    else if (!option.values.includes(value))
      scene.complaints.error(
        "platform",
        at(scene, ...path, id),
        `option \`${id}\` has no value \`${value}\`; values are ${quoted(option.values)}`,
        didYouMean(value, option.values),
      );
  }
}

function checkMachines(scene: Scene, file: MachinesFile, parts: Library): void {
  checkIds(
    scene,
    ["machines"],
    "machines",
    file.machines.map((machine) => ({ id: machine.name })),
  );
  file.machines.forEach((machine, index) => {
    const cpu = parts.cpus.get(machine.cpu);
    const fabric = parts.fabrics.get(machine.fabric);
    if (cpu === undefined)
      scene.complaints.error(
        "platform",
        at(scene, "machines", index, "cpu"),
        `there is no CPU \`${machine.cpu}\``,
        didYouMean(machine.cpu, parts.cpus.keys()),
      );
    if (fabric === undefined)
      scene.complaints.error(
        "platform",
        at(scene, "machines", index, "fabric"),
        `there is no fabric \`${machine.fabric}\``,
        didYouMean(machine.fabric, parts.fabrics.keys()),
      );
    checkSettings(scene, ["machines", index, "settings"], machine.settings, [...(cpu?.options ?? []), ...(fabric?.options ?? [])]);
  });
}

function checkPlatform(scene: Scene, file: PlatformFile, parts: Library): void {
  if (parts.machines.has(file.name))
    scene.complaints.warning("platform", at(scene, "name"), `a built-in platform is called \`${file.name}\` too; this one takes its place`);
  for (const part of ["cpu", "fabric"] as const) {
    const value = file[part];
    if (typeof value === "string") {
      const names = [...(part === "cpu" ? parts.cpus : parts.fabrics).keys(), ...parts.machines.keys()];
      if (!names.includes(value))
        scene.complaints.error(
          "platform",
          at(scene, part),
          `there is no ${part === "cpu" ? "CPU" : "fabric"} \`${value}\``,
          didYouMean(value, names) ?? `there are ${quoted([...new Set(names)].sort())}`,
        );
      continue;
    }
    // A source of the whole file speaks for its parts.
    const written = { title: file.name, ...(file.source === undefined ? {} : { source: file.source }), ...value, name: file.name };
    const inner: Scene = { ...scene, base: [part] };
    if (part === "cpu") completeAndCheckCpu(inner, { ...written, kind: "cpu" } as CpuFile, parts);
    else completeAndCheckFabric(inner, { ...written, kind: "fabric" } as FabricFile, parts);
  }
  if (failed(scene.complaints)) return;
  checkSettings(scene, ["settings"], file.settings, [...(cpuOf(file, parts)?.options ?? []), ...(fabricOf(file, parts)?.options ?? [])]);
}
