/** Register reads, where the thread may do one, and stricter mappings of registers. A read of a device's register comes back behind what the device sent; user space has no such reads. */
import { type Change, insertion, replacement, type TextEdit } from "./change.js";
import { without } from "./propose-mappings.js";
import { change, type Proposer, type Site, single } from "./site.js";
import { earlier, isAccess, quoted, type Subject, within } from "./source-program.js";

/** A register of a device that can be read for its effect: how it is named, and the declaration that it needs. */
interface Readable {
  readonly device: string;
  readonly register: string;
  readonly accessor: "readl" | "inl";
  readonly declare: TextEdit | undefined;
}

export const proposeRegisterReads: Proposer = (subject) => {
  const registers = readables(subject);
  return subject.statements.flatMap((placed): Site[] => {
    const thread = subject.program.threads.find(({ name }) => name === placed.thread);
    if (thread?.role !== "cpu" || thread.user || placed.statement.kind === "block") return [];
    // In front of a barrier, too: what stands behind it may have to wait for the read.
    if (!within(subject, placed).some(({ operation }) => isAccess(operation) || operation.kind === "barrier")) return [];
    if (thread.on === undefined && !earlier(subject, placed).some(({ operation }) => isAccess(operation))) return [];
    return registers.flatMap((readable) => sitesOf(subject, placed, readable));
  });
};

function sitesOf(subject: Subject, placed: Placed, { device, register, accessor, declare }: Readable): Site[] {
  const site = `${placed.thread}-read-${placed.start}-${device}`;
  const edits = (before: string, after: string): TextEdit[] => [
    ...placed.insert(`${before}${accessor}(${register});${after}`, 1),
    ...(declare === undefined ? [] : [declare]),
  ];
  const read = change({
    id: `${site}-${accessor}`,
    site,
    kind: "pio-read",
    words: `add ${accessor}(${register}) to ${placed.thread}, before ${quoted(subject, placed)}${declare === undefined ? "" : ` (${register} stands for any register of ${device} that can be read)`}`,
    short: `read a register of ${device} in ${placed.thread}`,
    operation: accessor,
    thread: placed.thread,
    edits: edits("", ""),
    helped: { edits: edits("mb(); ", " mb();"), helpAlone: placed.insert("mb(); mb();", 1) },
  });
  // A barrier before the read is a candidate of its own (propose-barriers.ts puts barriers in front); one behind it makes sense only with the read.
  const behind = change({
    id: `${site}-behind`,
    site: `${site}-behind`,
    kind: "barrier",
    words: `add mb() behind that read`,
    short: `wait for it with mb()`,
    operation: "mb",
    thread: placed.thread,
    edits: placed.insert("mb();", 2),
    needs: read.id,
  });
  return [single(read), single(behind)];
}

type Placed = Subject["statements"][number];

/** One register for each device that sends or holds anything. */
function readables(subject: Subject): Readable[] {
  const { program, test, source } = subject;
  return program.devices.flatMap((device, index): Readable[] => {
    const engine = test.threads.some((thread) => thread.name === device.name && thread.clauses.some((clause) => clause.kind === "attribute" && clause.name === "in"));
    if (engine) return [];
    const own = program.locations.filter(({ owner }) => owner === index);
    const memoryMapped = own.find(({ space, memoryType }) => space === "mmio" && memoryType !== "wc");
    if (memoryMapped !== undefined) return [{ device: device.name, register: memoryMapped.name, accessor: "readl", declare: undefined }];
    const port = own.find(({ space }) => space === "port");
    if (port !== undefined) return [{ device: device.name, register: port.name, accessor: "inl", declare: undefined }];
    const name = freshRegister(source.text, device.name);
    const declare = declaration(subject, `mmio int ${name};`);
    return declare === undefined ? [] : [{ device: device.name, register: name, accessor: "readl", declare }];
  });
}

function freshRegister(text: string, device: string): string {
  for (const name of ["status", "scratch", "flush"]) if (!text.includes(`${device}.${name}`)) return `${device}.${name}`;
  return `${device}.readable`;
}

/** A declaration behind the last one of the initial state. */
function declaration({ source: { text }, test }: Subject, added: string): TextEdit | undefined {
  const last = test.init.at(-1);
  if (last === undefined) {
    const empty = /\{\s*\}/.exec(text);
    return empty === null ? undefined : replacement({ start: empty.index, end: empty.index + empty[0].length }, `{ ${added} }`);
  }
  const semicolon = /^\s*;/.exec(text.slice(last.span.end));
  const end = last.span.end + (semicolon?.[0].length ?? 0);
  const lineStart = text.lastIndexOf("\n", last.span.start - 1) + 1;
  const indent = text.slice(lineStart, last.span.start);
  const lineEnd = text.indexOf("\n", end) === -1 ? text.length : text.indexOf("\n", end);
  const missing = semicolon === null ? ";" : "";
  const onlyComment = /^\s*(\(\*[^\n]*\*\))?\s*$/.test(text.slice(end, lineEnd));
  if (indent.trim() !== "" || !onlyComment) return { ...insertion(end, `${missing} ${added}`), shared: true };
  return { ...insertion(lineEnd, `${missing}\n${indent}${added}`), shared: true };
}

/** `ioremap` instead of `ioremap_wc`, `ioremap_np` instead of `ioremap`. */
export const proposeRegisterMappings: Proposer = (subject) => {
  const { test, program, source, operations } = subject;
  return test.init.flatMap((declaration): Site[] => {
    if (declaration.kind !== "location" || declaration.space !== "mmio" || declaration.owner === undefined) return [];
    const full = `${declaration.owner}.${declaration.name}`;
    const index = program.locations.findIndex(({ name }) => name === full);
    const location = program.locations[index];
    if (location === undefined) return [];
    const uses = operations.filter(
      ({ operation }) => (operation.kind === "pio-read" || operation.kind === "pio-write") && operation.location === index,
    );
    const site = `register-${full}`;
    const strongest: Change[] = [];
    const add = (what: string, call: string, edits: readonly TextEdit[]): void => {
      strongest.push(
        change({ id: `${site}-${what}`, site, kind: "register-mapping", words: `map ${full} with ${call}`, short: `map ${full} with ${call}`, operation: call, edits }),
      );
    };
    const loose = declaration.attributes.find(({ name }) => name === "wc");
    if (loose !== undefined) {
      const accesses = uses.flatMap(({ operation, text, name }): TextEdit[] => {
        if (name !== undefined || (operation.kind !== "pio-read" && operation.kind !== "pio-write")) return [];
        if (operation.kind === "pio-read") return [replacement(operation.span, `readl(${full})`)];
        const value = /=(?!=)\s*([\s\S]+)$/.exec(text)?.[1];
        return value === undefined ? [] : [replacement(operation.span, `writel(${value}, ${full})`)];
      });
      const plain = uses.filter(({ name }) => name === undefined).length;
      if (accesses.length === plain) add("uc", "ioremap", [without(source.text, loose.span), ...accesses]);
    }
    if (location.memoryType === "uc" && uses.some(({ operation }) => operation.kind === "pio-write")) {
      const ordinary = declaration.attributes.find(({ name }) => name === "uc");
      const last = declaration.attributes.at(-1);
      const head = /^mmio\s*(\(\s*\))?/.exec(source.text.slice(declaration.span.start))?.[0] ?? "mmio";
      const start = declaration.span.start;
      const edit =
        ordinary !== undefined
          ? replacement(ordinary.span, "np")
          : last !== undefined
            ? replacement({ start: last.span.end, end: last.span.end }, ", np")
            : replacement({ start, end: start + head.length }, head.endsWith(")") ? "mmio(np)" : "mmio(np)");
      add("np", "ioremap_np", [edit]);
    }
    return strongest.length === 0 ? [] : [{ strongest, weaker: [] }];
  });
};
