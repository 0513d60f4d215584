/** Comparing two machines of one program: where the one allows less at every step, its answer follows from the other's, and nothing has to be searched. */
import type { Machine } from "../machine/machine.js";
import type { Packet } from "../machine/packet.js";

const same = (a: Packet, b: Packet): boolean =>
  a === b ||
  (a.hops.length === b.hops.length &&
    a.hops.every(({ place, kind }, at) => place === b.hops[at]?.place && kind === b.hops[at]?.kind) &&
    a.home === b.home &&
    a.requester === b.requester &&
    a.device === b.device &&
    a.cpu === b.cpu &&
    a.location === b.location &&
    a.tc === b.tc &&
    a.uio === b.uio &&
    a.fields.size === b.fields.size &&
    [...a.fields].every((field) => b.fields.has(field)));

/** Do the two differ in nothing but who waits for whom? Both are of one program and one platform, under different values of the platform's options. */
function alike(a: Machine, b: Machine): boolean {
  if (a.program !== b.program || a.platform !== b.platform || a.packets.length !== b.packets.length) return false;
  // Which writes CPUs see one by one.
  if (a.messages.length !== b.messages.length) return false;
  if (!a.packets.every((packet, number) => same(packet, b.packets[number] as Packet))) return false;
  const optional = a.platform.cpu.window.some(({ when }) => when.some((condition) => condition.startsWith("option:")));
  if (!optional) return true;
  for (const { first, end } of a.threads) {
    for (const older of a.instructions.slice(first, end)) {
      for (const younger of a.instructions.slice(older.id + 1, end))
        if (a.window(older, younger) !== b.window(older, younger)) return false;
    }
  }
  return true;
}

/**
 * Is every run of `strict` a run of `loose`? In places a packet leaves when nothing holds it back (`Machine.waits`), and steps ask about order in places nowhere else: a machine in which fewer
 * wait can do all that the other can, step by step, and ends where it ends. It may also do more, so of a run that gets *stuck* nothing follows.
 */
export function stricter(strict: Machine, loose: Machine): boolean {
  if (!alike(strict, loose)) return false;
  return loose.waits.every((hops, packet) =>
    hops.every((waits, at) => {
      // Both lists stand in the order in which the packets are numbered.
      const more = strict.waits[packet]?.[at] ?? [];
      let found = 0;
      for (const wait of waits) {
        while (found < more.length && (more[found]?.packet !== wait.packet || more[found]?.hop !== wait.hop)) found++;
        if (found === more.length) return false;
      }
      return true;
    }),
  );
}
