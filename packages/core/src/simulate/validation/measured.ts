/** What others measured or computed, to hold the simulator against. Facts only, each with its source. */

export const PCIE_BENCH =
  "pcie-bench/data @b2abf2f (Neugebauer et al., SIGCOMM 2018): NFP-6000, PCIe Gen 3 x8, MPS 256, MRRS 512, host memory warm";
export const PCIE_MODEL = "pcie-bench/pcie-model @40703cf";
export const OLS = "Linux Symposium 2004 vol. 1, p. 147 (SGI)";

/** Gb/s: generation, lanes, MPS, raw, for TLPs. */
export const LINKS: readonly (readonly [number, number, number, number, number])[] = [
  [1, 8, 128, 16, 12.137],
  [2, 8, 256, 32, 28.676],
  [3, 8, 128, 63.015, 56.666],
  [3, 8, 256, 63.015, 57.885],
  [3, 16, 256, 126.031, 113.7],
  [4, 16, 256, 252.062, 227.4],
  [5, 16, 512, 504.123, 458.493],
  [6, 16, 512, 968, 880.384],
];

/** Gb/s on Gen 3 x8, MPS 256, MRRS 512: bytes, writes, reads, both. */
export const TRANSFERS: readonly (readonly [number, number, number, number])[] = [
  [8, 14.47, 16.54, 8.27],
  [16, 23.15, 25.73, 14.47],
  [64, 42.1, 44.1, 33.08],
  [65, 42.28, 44.26, 33.3],
  [128, 48.75, 50.06, 42.1],
  [256, 52.92, 53.69, 48.75],
  [257, 48.78, 50.09, 45.22],
  [512, 52.92, 53.69, 50.75],
  [513, 50.76, 51.82, 46.91],
  [1024, 52.92, 53.69, 50.75],
  [1500, 52.81, 53.6, 50.6],
];

/** Gb/s of writes: generation, lanes, MPS, bytes, rate. */
export const WRITES: readonly (readonly [number, number, number, number, number])[] = [
  [3, 8, 128, 64, 41.21],
  [3, 8, 128, 128, 47.72],
  [3, 8, 128, 129, 41.3],
  [3, 8, 128, 256, 47.72],
  [3, 16, 256, 64, 82.69],
  [3, 16, 256, 256, 103.95],
  [4, 16, 256, 64, 165.38],
  [4, 16, 256, 256, 207.91],
  [5, 16, 512, 64, 333.45],
  [5, 16, 512, 512, 437.96],
  [1, 8, 128, 64, 8.83],
  [1, 8, 128, 128, 10.22],
];

/** Gb/s in each direction, Gen 3 x8: frame bytes (4 of them are not transferred), simple card, Linux driver, DPDK; with the slip of the published code. */
export const CARDS: readonly (readonly [number, number, number, number])[] = [
  [64, 12.58, 17.63, 20.65],
  [128, 21.11, 27.51, 30.91],
  [256, 31.17, 37.5, 40.5],
  [512, 39.31, 43.96, 45.93],
  [1024, 44.33, 47.12, 48.23],
  [1500, 46.06, 48.08, 48.86],
];

/** Mean latencies in ns, seen by the device. `cmd`: direct commands; `dma`: its DMA engine; `wrrd`: a posted write, then a read of the same address. */
export interface Host {
  readonly name: string;
  /** The same machine with the memory on its own socket, for a remote one. */
  readonly remoteOf?: string;
  readonly cmdRead8: number;
  readonly cmdRead64: number;
  readonly cmdWrrd64: number;
  readonly dmaRead64: number;
  readonly dmaRead2048: number;
  readonly dmaWrrd64: number;
  readonly dmaWrrd2048: number;
}

const host = (name: string, figures: readonly number[], remoteOf?: string): Host => {
  const [cmdRead8, cmdRead64, cmdWrrd64, dmaRead64, dmaRead2048, dmaWrrd64, dmaWrrd2048] = figures as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    name,
    cmdRead8,
    cmdRead64,
    cmdWrrd64,
    dmaRead64,
    dmaRead2048,
    dmaWrrd64,
    dmaWrrd2048,
    ...(remoteOf === undefined ? {} : { remoteOf }),
  };
};

/** The host from which the others are predicted. */
export const REFERENCE: Host = host("HSW E5-2637v3", [512.4, 522.3, 623.1, 598.9, 1179.8, 804.5, 1879.3]);

export const HOSTS: readonly Host[] = [
  host("SNB E5-2630", [419, 436.2, 546.7, 557.5, 1139, 785.4, 1865.1]),
  host("IVB E5-2620v2 local", [422.7, 439.5, 551.7, 560.4, 1143.7, 780.6, 1849.6]),
  host("IVB E5-2620v2 remote", [494.1, 510.7, 553.6, 675, 1256.5, 780.7, 1849.5], "IVB E5-2620v2 local"),
  host("HSW E5-2620v3", [464.7, 481.8, 563.1, 551.8, 1133.8, 776.9, 1847.1]),
  REFERENCE,
  host("BDW E5-2630v4 local", [486.3, 501.8, 564.2, 552.4, 1129, 775.6, 1844.4]),
  host("BDW E5-2630v4 s0-s0-s1", [471, 487.9, 564.2, 639.1, 1226.3, 775.3, 1843.4], "BDW E5-2630v4 local"),
  host("BDW E5-2630v4 s0-s1-s1", [486.2, 501.6, 564.1, 676.1, 1244, 775.6, 1843.9], "BDW E5-2630v4 local"),
];

/** The two-socket host whose remote memory gives the adder for the others. */
export const NUMA_REFERENCE = "IVB E5-2620v2 remote";

/** The reference host's mean ns by size: reads, and writes followed by reads. */
export const SIZES_READ: readonly (readonly [number, number])[] = [
  [4, 583.9],
  [128, 625.6],
  [256, 671.2],
  [512, 747.7],
  [1024, 901.7],
  [1520, 1038.7],
];
export const SIZES_WRRD: readonly (readonly [number, number])[] = [
  [512, 1042.5],
  [1024, 1310.1],
];

/** ns on an Altix: five PIO writes, then something that waits for them. */
export const ALTIX = { mmiob: 1610, relaxed: 2619, regular: 5940, chipset: 399 } as const;
