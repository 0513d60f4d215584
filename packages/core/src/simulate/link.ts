/**
 * PCI Express bandwidth by the published analytic model (pcie-bench/pcie-model @40703cf; Neugebauer et al., SIGCOMM 2018, doi 10.1145/3230543.3230560): raw rate, less
 * acknowledgements, flow control and skips, less headers. All rates in Gb/s, all sizes in bytes.
 */
export interface Link {
  /** 1 to 7. */
  readonly generation: number;
  /** 1, 2, 4, 8 or 16. */
  readonly lanes: number;
  /** Maximum Payload Size and Maximum Read Request Size. */
  readonly mps: number;
  readonly mrrs: number;
  /** Read completions come in pieces of this size; 0: of `mps`. */
  readonly rcb: number;
  /** 64-bit addresses: a double word more in requests. */
  readonly wide: boolean;
  /** End-to-end CRC: a double word more in every TLP. */
  readonly ecrc: boolean;
}

export const GENERATIONS: readonly number[] = [1, 2, 3, 4, 5, 6, 7];
export const LANES: readonly number[] = [1, 2, 4, 8, 16];
/** GT/s per lane. */
const RATE = [2.5, 5, 8, 16, 32, 64, 128];

/** The bits that carry data: 8b/10b, 128b/130b, and FLITs of 242 in 256 bytes. */
function coding(generation: number): number {
  return generation <= 2 ? 8 / 10 : generation <= 5 ? 128 / 130 : 242 / 256;
}

/** PCIe Base r5.0 3.6.3.1: TLPs per acknowledgement, by lanes and MPS. */
function ackFactor(lanes: number, mps: number): number {
  if (lanes <= 4) return mps <= 256 ? 1.4 : 1;
  if (lanes === 8) return mps <= 256 ? 2.5 : 1;
  return mps <= 256 ? 3 : 2;
}

/**
 * Symbol times between two acknowledgements, and between two flow control updates: (MPS + 28) x AckFactor / lanes + internal delay, rounded down. The published
 * tables are this formula; where they disagree with each other they are misprints (Gen 1 x32 MPS 2048: 248 for 148; Gen 2 x32 MPS 4096: 237 for 327), which is why it
 * is computed here. Widths of 12 and 32 are not offered. Gen 4 to 7 take Gen 3's delay, as the model does.
 */
export function ackLimit(link: Pick<Link, "generation" | "lanes" | "mps">): number {
  const delay = link.generation === 1 ? 19 : link.generation === 2 ? 70 : 115;
  return Math.floor(((link.mps + 28) * ackFactor(link.lanes, link.mps)) / link.lanes + delay);
}

/** What the lanes carry, after line coding. */
export function rawBandwidth(link: Pick<Link, "generation" | "lanes">): number {
  return (RATE[link.generation - 1] as number) * coding(link.generation) * link.lanes;
}

/** What is left for TLPs: 8 bytes in every acknowledgement interval, 8 in every flow control interval, 4 in 1538 for skips. */
export function tlpBandwidth(link: Pick<Link, "generation" | "lanes" | "mps">): number {
  const limit = ackLimit(link);
  return rawBandwidth(link) * (1 - 8 / limit - 8 / limit - 4 / 1538);
}

/** Bytes on the wire besides payload: framing, sequence number and LCRC 8, the common header 4, and what each kind adds. */
export interface Headers {
  readonly write: number;
  readonly read: number;
  readonly completion: number;
}

export function headers(link: Pick<Link, "wide" | "ecrc">): Headers {
  const common = 8 + 4 + (link.ecrc ? 4 : 0);
  const request = common + (link.wide ? 12 : 8);
  return { write: request, read: request, completion: common + 8 };
}

/** Bytes that a transfer puts on the wire in each direction: requests and writes from the device (`up`), completions to it (`down`). */
export interface Wire {
  readonly up: number;
  readonly down: number;
}

const pieces = (size: number, each: number): number => Math.ceil(size / each);

export function writeWire(link: Link, size: number): Wire {
  return { up: pieces(size, link.mps) * headers(link).write + size, down: 0 };
}

export function readWire(link: Link, size: number): Wire {
  const { read, completion } = headers(link);
  return { up: pieces(size, link.mrrs) * read, down: pieces(size, link.rcb > 0 ? link.rcb : link.mps) * completion + size };
}

/** Payload rate of transfers that repeat, each with these bytes on the wire: the direction that fills first decides. */
export function payloadBandwidth(link: Link, size: number, wire: Wire): number {
  return (tlpBandwidth(link) * size) / Math.max(wire.up, wire.down);
}

export const writeBandwidth = (link: Link, size: number): number => payloadBandwidth(link, size, writeWire(link, size));

export const readBandwidth = (link: Link, size: number): number => payloadBandwidth(link, size, readWire(link, size));

/** Reads and writes of the same size in turn: the rate of either. */
export function bothBandwidth(link: Link, size: number): number {
  const write = writeWire(link, size);
  const read = readWire(link, size);
  return payloadBandwidth(link, size, { up: write.up + read.up, down: read.down });
}
