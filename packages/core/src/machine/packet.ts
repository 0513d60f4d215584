/** What travels: packets, the hops of their routes, and the places on the way. */
import type { PacketKind } from "../platform/platform.js";

/** One step of a route: a place, and as what the packet is there. */
export interface Hop {
  /** Instance number of the place. */
  readonly place: number;
  readonly kind: PacketKind;
}

/** What travels for one instruction: request hops up to `home`, then reply hops. */
export interface Packet {
  readonly instruction: number;
  readonly hops: readonly Hop[];
  /** Number of request hops: after the hop with this index (1-based) it arrives. */
  readonly home: number;
  /** The hop on which it waits, having arrived, until the device's program answers it (`ANSWER`); 0 where nothing is withheld. */
  readonly held: number;
  /** The hop on leaving which it is looked up in the table of mappings; 0 where it is not. */
  readonly lookup: number;
  /** Device id, or -2 - cpu. */
  readonly requester: number;
  /** The device whose places it uses, or -1 (chipset). */
  readonly device: number;
  readonly cpu: number;
  readonly location: number;
  readonly tc: number;
  readonly uio: boolean;
  readonly fields: ReadonlySet<string>;
  /** What differs in its reply where the device's program answers: the completer's id, the completion's attributes. */
  readonly answered: { readonly requester: number; readonly fields: ReadonlySet<string> } | undefined;
}

/** One packet on one of its hops (counted from 1). */
export interface Visit {
  readonly packet: number;
  readonly hop: number;
}

/** A packet that another one has to wait for where it came to the place first; `slot` of the state is 1 while that is so. */
export interface Wait extends Visit {
  readonly slot: number;
}

/** One instance of a place. */
export interface PlaceInstance {
  /** Index among the fabric's places; -1 for a register whose reads wait for the device's answer. */
  readonly place: number;
  readonly key: number;
  readonly label: string;
  /**
   * Who came when, for pictures: offset of the queue in the state and the most packets it can hold. No step depends on it (what does stands in `Machine.waits`), and it
   * is kept only by steppers that are asked to.
   */
  readonly offset: number;
  readonly capacity: number;
  readonly credits: number;
  /** The packets that can be here. */
  readonly visitors: readonly Visit[];
}
