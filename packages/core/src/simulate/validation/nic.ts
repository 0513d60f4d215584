/**
 * What network cards put on a PCI Express link besides packets: the published models of a simple card and of one like Intel's 82599, with its Linux driver or DPDK's
 * (pcie-bench/pcie-model @40703cf, model/simple_nic.py and model/niantic.py).
 */
import { headers, type Link, readWire, tlpBandwidth, type Wire, writeWire } from "../link.js";

export type Nic = "simple" | "kernel" | "dpdk";

const DESCRIPTOR = 16;
const POINTER = 4;

interface Batching {
  /** Packets for each descriptor fetch and each write-back of the transmit side. */
  readonly fetch: number;
  readonly writeBack: number;
  /** Packets for each doorbell of the transmit side, of the receive side, and for each look at the receive head. */
  readonly transmitBell: number;
  readonly receiveBell: number;
  readonly receiveHead: number;
  /** Packets for each interrupt; 0: none, and no head is read. */
  readonly interrupt: number;
}

const BATCHING: { readonly [nic in Nic]: Batching } = {
  simple: { fetch: 1, writeBack: 0, transmitBell: 1, receiveBell: 1, receiveHead: 1, interrupt: 1 },
  kernel: { fetch: 40, writeBack: 8, transmitBell: 1, receiveBell: 32, receiveHead: 8, interrupt: 32 },
  dpdk: { fetch: 40, writeBack: 8, transmitBell: 32, receiveBell: 32, receiveHead: 8, interrupt: 0 },
};

/**
 * Gb/s of packets of `size` bytes in each of both directions at once. `published`: with the slip of the published code, which forgets the requests for receive
 * descriptors (an assignment where an addition was meant).
 */
export function nicBandwidth(link: Link, nic: Nic, size: number, published: boolean): number {
  const batching = BATCHING[nic];
  const { write, read, completion } = headers(link);
  const wire = { up: 0, down: 0 };
  const add = (more: Wire, every: number): void => {
    wire.up += more.up / every;
    wire.down += more.down / every;
  };
  const looks = batching.interrupt > 0;
  // Transmit: doorbell, descriptors, packet, write-back, interrupt, head.
  add({ up: 0, down: POINTER + write }, batching.transmitBell);
  add(readWire(link, DESCRIPTOR * batching.fetch), batching.fetch);
  add(readWire(link, size), 1);
  if (batching.writeBack > 0) add(writeWire(link, DESCRIPTOR * batching.writeBack), batching.writeBack);
  if (looks) {
    add({ up: 4 + write, down: 0 }, batching.interrupt);
    add({ up: POINTER + completion, down: read }, batching.transmitBell);
  }
  // Receive: free buffers, descriptor, packet, write-back, interrupt, head.
  add({ up: 0, down: POINTER + write }, batching.receiveBell);
  add({ up: published ? 0 : read, down: DESCRIPTOR + completion }, 1);
  add(writeWire(link, size), 1);
  add(writeWire(link, DESCRIPTOR), 1);
  if (looks) {
    add({ up: 4 + write, down: 0 }, batching.interrupt);
    add({ up: POINTER + completion, down: read }, batching.receiveHead);
  }
  return (tlpBandwidth(link) * size) / Math.max(wire.up, wire.down);
}
