/** All that could be changed in a test for some platforms. */
import type { Platform } from "../platform/platform.js";
import type { Change } from "./change.js";
import { proposeAccessors, proposeThreadAccessors } from "./propose-accessors.js";
import { proposeBarriers } from "./propose-barriers.js";
import {
  proposeAttributes,
  proposeDeviceFlushes,
  proposeDeviceWaits,
  proposeInterrupts,
  proposeOrder,
  proposePolls,
  proposeSplits,
  proposeSyncs,
} from "./propose-device.js";
import { proposeMappings } from "./propose-mappings.js";
import { proposeRegisterMappings, proposeRegisterReads } from "./propose-registers.js";
import type { Proposer, Site } from "./site.js";
import type { Subject } from "./source-program.js";

const PROPOSERS: readonly Proposer[] = [
  proposeMappings,
  proposeAttributes,
  proposeOrder,
  proposeSplits,
  proposeRegisterMappings,
  proposeAccessors,
  proposeBarriers,
  proposeSyncs,
  proposeDeviceFlushes,
  proposeDeviceWaits,
  proposeInterrupts,
  proposeRegisterReads,
  proposePolls,
  proposeThreadAccessors,
];

/** All that could be changed. */
export interface Candidates {
  readonly sites: readonly Site[];
  /** What the search tries: the strongest forms of each site. */
  readonly strongest: readonly Change[];
  /** The weaker forms of a strongest one. */
  weaker(change: Change): readonly Change[];
}

/** `keep`: threads, devices and locations (`P0`, `D0`, `cq`) that must stay as they are. */
export function candidatesOf(subject: Subject, platforms: readonly Platform[], keep: readonly string[]): Candidates {
  const kept = (change: Change): boolean =>
    (change.thread !== undefined && keep.includes(change.thread)) ||
    keep.some((name) => change.site === `map-${name}` || change.site === `register-${name}` || change.site === `registers-${name}`);
  const sites = PROPOSERS.flatMap((propose) => propose(subject, platforms)).flatMap((site): Site[] => {
    const strongest = site.strongest.filter((change) => !kept(change));
    return strongest.length === 0 ? [] : [{ strongest, weaker: site.weaker.filter((change) => !kept(change)) }];
  });
  const byId = new Map(sites.flatMap((site) => site.strongest.map((change) => [change.id, site.weaker] as const)));
  return { sites, strongest: sites.flatMap(({ strongest }) => strongest), weaker: (change) => byId.get(change.id) ?? [] };
}
