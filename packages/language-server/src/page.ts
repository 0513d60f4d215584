/** Documentation in Markdown: of a function, a mapping attribute, a platform, from the tables of the core, each rule with its source. */
import type { Platform } from "@fencepost/core/platform";
import { type Primitive, primitive } from "@fencepost/core/program";
import { applyMapping } from "@fencepost/core/report";
import type { Word } from "./vocabulary.js";

/** Text that is no Markdown: sources hold `*`, `_` and `<`. */
export const plainText = (text: string): string => text.replace(/[\\`*_{}[\]<>|#~]/g, "\\$&").replace(/\s+/g, " ");

const code = (text: string): string => `\`\`${text.includes("`") ? ` ${text} ` : text}\`\``.replace(/^``([^`]*)``$/, "`$1`");

/** The accessors of platforms that a primitive is lowered to. */
function accessorsOf({ meaning }: Primitive): readonly string[] {
  switch (meaning.kind) {
    case "read":
    case "write":
      return meaning.then === undefined ? [meaning.accessor] : [meaning.accessor, meaning.then];
    case "barrier":
    case "lock":
    case "unlock":
    case "trylock":
    case "is-locked":
    case "unlock-wait":
      return [meaning.accessor];
    case "atomic":
      return [`atomic_${meaning.order}`];
    case "pio-read":
    case "pio-write":
      return meaning.port === undefined ? [meaning.family] : [meaning.family, meaning.port];
    default:
      return [];
  }
}

/** What a function does, as a sentence; the words of its documentation that hold on every platform. */
function primitiveSays({ meaning, name }: Primitive): string {
  switch (meaning.kind) {
    case "read":
      return `Reads memory${/acquire/.test(meaning.accessor) ? "; what follows it in the program is not performed before it" : ""}.`;
    case "write":
      return `Writes memory${/release|assign/.test(meaning.accessor) ? "; what stands before it in the program is performed before it" : ""}${meaning.then === undefined ? "" : `; \`${meaning.then}()\` follows`}.`;
    case "atomic": {
      const order = { full: "fully ordered", acquire: "acquire", release: "release", relaxed: "no order with other accesses" }[
        meaning.order
      ];
      const gives = {
        old: "gives the old value",
        new: "gives the new value",
        nothing: "gives nothing",
        negative: "says whether the new value is negative",
        zero: "says whether the new value is 0",
        success: "says whether it stored",
      }[meaning.returns];
      return `Atomic read-modify-write: ${order}; ${gives} (Documentation/atomic_t.txt).`;
    }
    case "barrier":
      return meaning.accessor === name ? "A barrier." : `To the model: \`${meaning.accessor}()\`.`;
    case "lock":
      return `Waits until the lock is free and takes it${meaning.interrupts === "untouched" ? "" : "; interrupts are masked"}.`;
    case "unlock":
      return `Gives the lock back${meaning.interrupts === "untouched" ? "" : "; interrupts are as before"}.`;
    case "trylock":
      return "Takes the lock if it is free, and says whether it did.";
    case "is-locked":
      return "Says whether the lock is taken.";
    case "unlock-wait":
      return "Waits until the lock is free, without taking it.";
    case "pio-read":
      return `Reads a register of a device and waits for the reply${meaning.string === true ? " (string form)" : ""}. Its width is not modelled: one location is one register.`;
    case "pio-write":
      return `Writes a register of a device${meaning.string === true ? " (string form)" : ""}: posted, unless the platform says otherwise.`;
    case "dma-api":
      return {
        "sync-for-cpu": "Hands the memory to the CPU: where DMA does not snoop, cached lines are dropped. It orders nothing in the fabric.",
        "sync-for-device": "Hands the memory to the device: where DMA does not snoop, cached lines are written back.",
        unmap:
          "Ends the mapping, with `dma_sync_single_for_cpu`'s work. With the setting `iommu`: devices' requests are refused from then on (`strict`), or some time later (`lazy`).",
        map: "Maps the memory, with `dma_sync_single_for_device`'s work.",
      }[meaning.call];
    case "delay":
      return "Lets time pass. It orders nothing: a delay is no fence.";
    case "interrupts":
      return {
        disable: "Masks interrupts.",
        enable: "Unmasks interrupts.",
        save: "Saves the mask and masks interrupts.",
        restore: "Restores the mask.",
      }[meaning.change];
    case "migrate":
      return "The thread goes on on another CPU.";
    case "ats-wait":
      return "Waits for the device's ATS invalidate completion.";
    case "zero":
      return "A check that never fails: 0.";
    case "bits":
      return {
        bit: "1, shifted left.",
        mask: "The mask of the bits from the first argument down to the second.",
        get: "The field of a value that the mask covers, shifted down.",
        prepare: "A value shifted to where the mask is.",
      }[meaning.what];
    case "poll":
      return "Reads the register until the condition holds. Its value is 0: nothing runs out of time in a search.";
    case "dma-write":
      return "A posted memory write of the device. Further arguments: `RO`, `IDO`, `TC(n)`, `UIO`, `AT`.";
    case "dma-writev":
      return "One write packet that covers several words, in increasing address order.";
    case "dma-read":
      return "A memory read of the device; it goes on, and waits where the value is used.";
    case "dma-read-zero":
      return "A zero-length read: the flush of the requester's earlier posted writes; gives 0.";
    case "dma-readv":
      return "One read packet that covers several words.";
    case "dma-add":
    case "dma-swap":
    case "dma-cas":
      return "An AtomicOp request of the device.";
    case "msi":
      return "A message-signalled interrupt: a posted write.";
    case "intx":
      return "The interrupt pin; on PCIe the Assert\\_INTx message.";
    case "ats-invalidate-done":
      return "The posted message that follows the function's earlier writes; a CPU waits for it with `ats_wait`.";
    case "answer":
      return "Answers the oldest read of that register of its own which waits for its answer; waits until there is one. Without a value the answer is what the register holds. Reads of a register that the device's program answers are answered in no other way. Further arguments: `RO`, `IDO`.";
    case "wait":
      return "The device waits until the expression, over its own registers and values, is true.";
    case "tell":
      return "Tells that device out of band, once the earlier operations are issued, wherever they then wait.";
    case "hear":
      return "Waits until that device has told.";
    case "identity":
      return "Its argument, unchanged.";
    case "unsupported":
      return `Read, but not run: ${meaning.why}.`;
  }
}

/** The page of a function: its form, what it does, and what it turns into on each of the platforms. */
export function primitivePage(found: Primitive, platforms: readonly Platform[]): string {
  const side = found.side === "any" ? "" : found.side === "cpu" ? " In CPU threads." : " In devices.";
  const rows = accessorsOf(found).flatMap((accessor) => accessorRows(accessor, platforms));
  return [`\`\`\`c\n${found.form}\n\`\`\``, `${primitiveSays(found)}${side}`, ...(rows.length === 0 ? [] : [rows.join("\n")])].join("\n\n");
}

/** What an accessor turns into; platforms that agree share a line. */
function accessorRows(accessor: string, platforms: readonly Platform[]): string[] {
  const groups = new Map<string, string[]>();
  for (const platform of platforms) {
    const found = platform.accessors.get(accessor);
    const line =
      found === undefined
        ? "nothing is said of it"
        : `${found.text.length === 0 ? "nothing" : found.text.map(code).join(", then ")}${found.source === "" ? "" : ` - ${plainText(found.source)}`}`;
    groups.set(line, [...(groups.get(line) ?? []), platform.name]);
  }
  return [...groups].map(([line, names]) => `- **${names.join(", ")}** (${code(accessor)}): ${line}`);
}

/** The page of a mapping attribute: what becomes of it on each of the platforms. */
export function mappingPage(word: Word, platforms: readonly Platform[]): string {
  const requests: { readonly [name: string]: readonly string[] } = {
    streaming: ["streaming", "mask64"],
    coherent: ["coherent", "mask64"],
    consistent: ["coherent", "mask64"],
    write_barrier: ["streaming", "write-barrier", "mask64"],
    dmaflush: ["streaming", "write-barrier", "mask64"],
    dmasync: ["streaming", "write-barrier", "mask64"],
    dma_barrier: ["streaming", "write-barrier", "mask64"],
    weak_ordering: ["streaming", "weak-ordering", "mask64"],
    relaxed_ordering: ["streaming", "relaxed-ordering", "mask64"],
    prefetch: ["streaming", "prefetch", "mask64"],
  };
  const request = requests[word.name];
  const lines = request === undefined ? [] : platforms.map((platform) => `- **${platform.name}**: ${mappedWords(platform, request)}`);
  return [`**${word.name}** - ${word.says}`, ...(lines.length === 0 ? [] : [`On the bus:\n${lines.join("\n")}`])].join("\n\n");
}

function mappedWords(platform: Platform, request: readonly string[]): string {
  const settings = new Map(platform.options.map((option) => [option.id, option.default]));
  const { bits, rules } = applyMapping(platform, request, settings);
  if (bits.length === 0) return "nothing";
  return `${bits.map(code).join(", ")}${rules.map((rule) => ` - ${plainText(rule.id)}: ${plainText(rule.source)}`).join("")}`;
}

/** The page of a platform. */
export function platformPage(platform: Platform): string {
  const { cpu, fabric } = platform;
  const options = platform.options.map((option) => `- ${code(option.id)}: ${plainText(option.question)} Default: ${code(option.default)}`);
  return [
    `**${platform.name}** - ${plainText(platform.title)}`,
    `CPU ${cpu.name}, fabric ${fabric.name}, kernel ${platform.era}; ${platform.conforming ? "conforming" : "not conforming"}.`,
    `Places: ${fabric.places.map((place) => `${place.id} (${plainText(place.title)})`).join(", ")}.`,
    ...(options.length === 0 ? [] : [`What no source settles:\n${options.join("\n")}`]),
    [cpu.source, fabric.source]
      .filter((source) => source !== "")
      .map((source) => `Source: ${plainText(source)}`)
      .join("\n\n"),
  ].join("\n\n");
}

/** The primitive that a word calls, if it is one. */
export const calledPrimitive = (name: string): Primitive | undefined => primitive(name);
