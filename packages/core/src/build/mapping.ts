/**
 * The DMA mapping interface of the Linux kernel, its names in camelCase: what a driver asks for, what an architecture makes of it, and what is then on the bus.
 *
 * In August 2007 a driver that needed the writes to its completion queue to stay behind the device's other DMA was to call `dma_flags_set_dmaflush()`. It was a stub that returned its
 * argument, and one platform, sn-ia64, overrode it (A. Kepner, linux-kernel, 17 Aug 2007, http://lwn.net/Articles/246142/). It was merged in another form, as the attribute
 * DMA_ATTR_WRITE_BARRIER of `dma_map_single_attrs()` (2.6.26), and lived until 2019, implemented by nobody else. Both forms are here, and in their types a default that does nothing
 * differs from an override:
 *
 *     defaultDmaMapping.dmaFlagsSetDmaflush(dmaMapSingle()).writeBarrier   // its type is `false`
 *     snDmaMapping.dmaFlagsSetDmaflush(dmaMapSingle()).writeBarrier        // its type is `true`
 *
 * A request is not what happens. The bridge may have no such bit, a kernel bug may drop it, and most platforms never heard of it: `appliedMapping` shows requested against applied, from
 * the same rules of the platform by which the explorer maps each packet.
 */
import { MAPPING_ATTRIBUTES } from "../platform/condition.js";
import { applyMappingRules, optionValues, requestedWords } from "../platform/mapping.js";
import type { MappingRule, Platform } from "../platform/platform.js";
import type { MappingRequest } from "../program/index.js";

/** A request whose writes are to be barriers for the device's other DMA. */
export type WithWriteBarrier<Request extends MappingRequest> = Omit<Request, "writeBarrier"> & { readonly writeBarrier: true };

/** What `dmaAllocCoherent` gives. */
export type CoherentRequest = MappingRequest & { readonly mode: "coherent"; readonly writeBarrier: false };

/** What `dmaMapSingle` gives. */
export type StreamingRequest = MappingRequest & { readonly mode: "streaming"; readonly writeBarrier: false };

/** DMA to the region forces the device's pending DMA writes to complete: a completion after its data. Bit 0 of the attributes, 2.6.26 to 5.4. */
export const DMA_ATTR_WRITE_BARRIER = 1;
/** Reads and writes of the region may pass each other. Bit 1 of the attributes. */
export const DMA_ATTR_WEAK_ORDERING = 2;

/** The attributes that say something about order. */
export type DmaAttribute = typeof DMA_ATTR_WRITE_BARRIER | typeof DMA_ATTR_WEAK_ORDERING;

const PLAIN = { weakOrdering: false, relaxedOrdering: false, prefetch: false, mask: 64, device: -1 } as const;

/** `dma_alloc_coherent()`: memory that CPU and device may both use at any time. Sn2 makes its mapping a barrier, wherever the bridge can. */
export function dmaAllocCoherent(): CoherentRequest {
  return Object.freeze({ ...PLAIN, mode: "coherent", writeBarrier: false });
}

/** `dma_map_single()`: a streaming mapping, which promises no order between two writes. */
export function dmaMapSingle(): StreamingRequest {
  return Object.freeze({ ...PLAIN, mode: "streaming", writeBarrier: false });
}

/** Whether an attribute is among those asked for, as far as the compiler can know. */
type Asked<Attribute extends DmaAttribute, Attributes extends readonly DmaAttribute[]> = number extends Attributes["length"]
  ? boolean
  : Attribute extends Attributes[number]
    ? true
    : false;

/** What `dmaMapSingleAttrs` gives: the attributes asked for are part of the type. */
export type AttributedRequest<Attributes extends readonly DmaAttribute[]> = Omit<
  MappingRequest,
  "mode" | "writeBarrier" | "weakOrdering"
> & {
  readonly mode: "streaming";
  readonly writeBarrier: Asked<typeof DMA_ATTR_WRITE_BARRIER, Attributes>;
  readonly weakOrdering: Asked<typeof DMA_ATTR_WEAK_ORDERING, Attributes>;
};

/** `dma_map_single_attrs()`: a streaming mapping with attributes. What they mean is up to each architecture; those that do not implement one ignore it. */
export function dmaMapSingleAttrs<const Attributes extends readonly DmaAttribute[]>(
  ...attributes: Attributes
): AttributedRequest<Attributes> {
  const writeBarrier = attributes.includes(DMA_ATTR_WRITE_BARRIER);
  const weakOrdering = attributes.includes(DMA_ATTR_WEAK_ORDERING);
  return Object.freeze({ ...PLAIN, mode: "streaming", writeBarrier, weakOrdering }) as AttributedRequest<Attributes>;
}

/** `dma_set_mask()`: the device reaches this many bits of addresses, 64 unless said. On sn2 it decides which kind of mapping the bridge uses, and with it where the barrier bit goes. */
export function dmaSetMask<Request extends MappingRequest>(request: Request, mask: number): Request {
  return Object.freeze({ ...request, mask });
}

/** IBV_ACCESS_RELAXED_ORDERING: a region to which the adapter writes with PCI's relaxed ordering (ibv_reg_mr(3)). */
export function ibvAccessRelaxedOrdering<Request extends MappingRequest>(request: Request): Request {
  return Object.freeze({ ...request, relaxedOrdering: true });
}

/** The IP27 family's PREF or PREC in place of the barrier that its bridge sets on every address (drivers/net/ethernet/sgi/ioc3-eth.c, ioc3_map). */
export function prefetched<Request extends MappingRequest>(request: Request): Request {
  return Object.freeze({ ...request, prefetch: true });
}

/** What an architecture may override of the DMA mapping interface. A driver is written against this and does not know which one it gets. */
export interface DmaMappingOperations {
  /** `dma_flags_set_dmaflush()`, 2007: asks that a write to the region flush the device's earlier DMA. */
  dmaFlagsSetDmaflush<Request extends MappingRequest>(request: Request): Request | WithWriteBarrier<Request>;
}

/** The interface where nobody overrides it: it does nothing. */
export interface DefaultDmaMapping extends DmaMappingOperations {
  /** Returns its argument: the very same request. */
  dmaFlagsSetDmaflush<Request extends MappingRequest>(request: Request): Request;
}

/** The interface of sn-ia64. */
export interface SnDmaMapping extends DmaMappingOperations {
  /** Sets the flag that makes `sn_dma_map_single()` use `dma_map_consistent`, and so the bridge's barrier bit. */
  dmaFlagsSetDmaflush<Request extends MappingRequest>(request: Request): WithWriteBarrier<Request>;
}

/** The default: a no-op, as in include/linux/dma-mapping.h of the patch. */
export const defaultDmaMapping: DefaultDmaMapping = Object.freeze({
  dmaFlagsSetDmaflush: <Request extends MappingRequest>(request: Request) => request,
});

/** The override of sn-ia64. */
export const snDmaMapping: SnDmaMapping = Object.freeze({ dmaFlagsSetDmaflush });

/**
 * The call as it stands in a driver's source: it says what the driver asks for. A test built with it is right for every platform, because each platform's own rules say what comes of
 * it: a barrier on sn2, nothing elsewhere. To see a driver as one architecture compiles it, call the same function of `defaultDmaMapping` or `snDmaMapping`.
 */
export function dmaFlagsSetDmaflush<Request extends MappingRequest>(request: Request): WithWriteBarrier<Request> {
  return Object.freeze({ ...request, writeBarrier: true });
}

/** What a mapping puts on each packet to the region: `barrier`, `ro`, `ido`, `weak`, `prefetch`, `no-snoop`. */
export type PacketAttributes = { readonly [Attribute in (typeof MAPPING_ATTRIBUTES)[number]]: boolean };

/** What a request can ask for beyond its mode. */
export type RequestedAttribute = "writeBarrier" | "weakOrdering" | "relaxedOrdering" | "prefetch";

/** Requested against applied. */
export interface AppliedMapping {
  readonly requested: MappingRequest;
  readonly applied: PacketAttributes;
  /** The platform's rules that matched, in order: later ones win. Each has its source. */
  readonly rules: readonly MappingRule[];
  /** What was asked for and changes nothing there. */
  readonly ignored: readonly RequestedAttribute[];
}

/** What becomes of a mapping request on a platform: requested against applied. `settings` are values of the platform's options; the defaults hold for the others. */
export function appliedMapping(
  platform: Platform,
  request: MappingRequest,
  settings: ReadonlyMap<string, string> = new Map(),
): AppliedMapping {
  const { attributes, rules } = apply(platform, request, settings);
  const ignored = REQUESTED.filter(
    (attribute) => request[attribute] && same(attributes, apply(platform, { ...request, [attribute]: false }, settings).attributes),
  );
  return { requested: request, applied: attributes, rules, ignored };
}

const REQUESTED: readonly RequestedAttribute[] = ["writeBarrier", "weakOrdering", "relaxedOrdering", "prefetch"];

/**
 * The interface as a platform's mapping rules amount to it: `dmaFlagsSetDmaflush` sets the flag where that changes something on the bus (`snDmaMapping`), and returns the very same
 * request where it does not (`defaultDmaMapping`): on PCIe, but also on a bridge of the Altix that has no such bit, and in kernels that could not ask for it yet.
 */
export function dmaMappingOf(platform: Platform, settings: ReadonlyMap<string, string> = new Map()): DmaMappingOperations {
  return Object.freeze({
    dmaFlagsSetDmaflush<Request extends MappingRequest>(request: Request): Request | WithWriteBarrier<Request> {
      const flagged = dmaFlagsSetDmaflush(request);
      return same(apply(platform, request, settings).attributes, apply(platform, flagged, settings).attributes) ? request : flagged;
    },
  });
}

/** The platform's rules on a request. */
function apply(
  platform: Platform,
  request: MappingRequest,
  settings: ReadonlyMap<string, string>,
): { readonly attributes: PacketAttributes; readonly rules: readonly MappingRule[] } {
  const found = new Set<string>();
  const rules = applyMappingRules(platform, requestedWords(request), optionValues(platform, settings), found);
  const attributes = Object.fromEntries(MAPPING_ATTRIBUTES.map((attribute) => [attribute, found.has(attribute)])) as PacketAttributes;
  return { attributes: Object.freeze(attributes), rules };
}

const same = (a: PacketAttributes, b: PacketAttributes): boolean => MAPPING_ATTRIBUTES.every((attribute) => a[attribute] === b[attribute]);
