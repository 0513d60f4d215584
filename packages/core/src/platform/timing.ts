/** What things take: the numbers of a platform, for the simulator. Each says where it comes from and how far it can be trusted. */

/** `measured`: read off hardware; `derived`: follows from measured or specified figures; `invented`: plausible, and nothing more. */
export type Mark = "measured" | "derived" | "invented";

export const MARKS: readonly Mark[] = ["measured", "derived", "invented"];

export interface Figure {
  readonly value: number;
  readonly mark: Mark;
  readonly source: string;
}

/** Nanoseconds. */
export const CPU_FIGURES = {
  issue: "One instruction, as far as it holds up the next, ns.",
  hit: "A load from the CPU's own cache, ns.",
  miss: "A load of a line that somebody else wrote last, ns.",
  store: "From a store's turn until others can see it, ns.",
  propagation: "How much later another CPU may see a store where stores reach CPUs one by one; mean, ns.",
  atomic: "An atomic read-modify-write on top of getting its line, ns.",
  fence: "A fence on top of what it waits for, ns, unless `accessors` says otherwise.",
  "pio-write": "CPU time of one write to a register, ns.",
  "pio-read": "CPU time of one read of a register, on top of the way there and back, ns.",
  poll: "One round of polling, ns.",
  interrupt: "From an interrupt's arrival until its handler runs, ns.",
  "interrupt-work": "CPU time of entering and leaving a handler, ns.",
  sync: "dma_sync of one location on a machine whose DMA does not snoop, ns.",
  evict: "Where DMA does not snoop: mean time until a cache line is dropped, fetched or written back of its own accord, ns.",
} as const;

export const PLACE_FIGURES = {
  latency: "Least time that a packet spends here, ns.",
  jitter: "Mean of what comes on top, exponentially distributed, for each grain of the packet, ns.",
  "tail-share": "Share of packets that meet a rare delay.",
  tail: "Mean of that delay, exponentially distributed, ns.",
  bandwidth: "Gb/s; unlimited if not given, but for places in `linked`.",
  header: "Bytes added to each piece of a packet.",
  grain: "Most payload in one piece, bytes.",
  credits: "Most packets it holds, for posted, non-posted and completions each.",
  hop: "On top for each NUMA hop, ns.",
  "hop-jitter": "Mean of jitter on top for each NUMA hop, ns.",
} as const;

export const LINK_FIGURES = {
  generation: "1 to 7.",
  lanes: "1, 2, 4, 8, 16 or 32.",
  mps: "Maximum Payload Size, bytes.",
  mrrs: "Maximum Read Request Size, bytes.",
  rcb: "Read Completion Boundary: completions come in such pieces; 0: in pieces of mps.",
} as const;

export const DEVICE_FIGURES = {
  issue: "From one operation of a device to its next, ns.",
  byte: "What a device takes for each byte that it reads or writes, ns.",
  respond: "A register read, from the request's arrival until the reply leaves, ns.",
  start: "Beginning of a device's program, ns.",
} as const;

export const MEMORY_FIGURES = {
  read: "A DMA read, from its arrival until the reply leaves, ns.",
  "read-after-write": "The same where the device wrote the line itself, ns.",
  hop: "On top for each NUMA hop, ns.",
} as const;

export const TOKEN_FIGURES = {
  flush: "A flush, on top of its way, ns.",
  drain: "A drain, on top of its way, ns.",
} as const;

/** The table of mappings that a device's requests are looked up in. */
export const TRANSLATION_FIGURES = {
  write: "CPU time of writing an entry: dma_map_single, dma_unmap_single, ns.",
  invalidate: "Strict: from asking for an invalidation until it is done, besides what it waits for, ns.",
  walk: "On top of its way, for a request whose entry nobody has used since it was written, ns.",
  flush: "Lazy: the longest that an entry which was taken away may still be found, ns.",
} as const;

export type Figures<Names> = { readonly [name in keyof Names]?: Figure };

export interface CpuTiming {
  readonly figures: Figures<typeof CPU_FIGURES>;
  readonly accessors?: { readonly [name: string]: Figure };
}

export interface FabricTiming {
  /** By place id. */
  readonly places: { readonly [id: string]: Figures<typeof PLACE_FIGURES> };
  readonly link?: Figures<typeof LINK_FIGURES>;
  /** Places that are directions of that link: their bandwidth and headers follow from it. */
  readonly linked?: readonly string[];
  readonly device?: Figures<typeof DEVICE_FIGURES>;
  readonly memory?: Figures<typeof MEMORY_FIGURES>;
  readonly tokens?: Figures<typeof TOKEN_FIGURES>;
  readonly translation?: Figures<typeof TRANSLATION_FIGURES>;
}

/** Figures that a part takes over from the one it is like; a part that says nothing of time takes over all. */
export function mergeCpuTiming(base: CpuTiming | undefined, own: CpuTiming | undefined): { readonly timing?: CpuTiming } {
  if (own === undefined) return base === undefined ? {} : { timing: base };
  return {
    timing: { figures: { ...base?.figures, ...own.figures }, accessors: { ...base?.accessors, ...own.accessors } },
  };
}

export function mergeFabricTiming(base: FabricTiming | undefined, own: FabricTiming | undefined): { readonly timing?: FabricTiming } {
  if (own === undefined) return base === undefined ? {} : { timing: base };
  const places: { [id: string]: Figures<typeof PLACE_FIGURES> } = { ...base?.places };
  for (const [id, figures] of Object.entries(own.places)) places[id] = { ...places[id], ...figures };
  return {
    timing: {
      places,
      link: { ...base?.link, ...own.link },
      linked: own.linked ?? base?.linked ?? [],
      device: { ...base?.device, ...own.device },
      memory: { ...base?.memory, ...own.memory },
      tokens: { ...base?.tokens, ...own.tokens },
      translation: { ...base?.translation, ...own.translation },
    },
  };
}
