/** Tests in which a completion may go to a requester that did not ask for it: devices that read the same words, on fabrics that share completions. */
import type { Platform } from "../../src/platform/platform.js";
import type { Draft, Statement } from "./draft.js";
import type { Random } from "./random.js";

/** Two or three devices that read few words, again and again, and somebody who writes them. */
export function theftTest(source: Random): Draft {
  const names = ["x", "y"].slice(0, 1 + source.below(2));
  const pointer = source.chance(0.2);
  const init = [...names.map((name) => `dma(coherent) int ${name}`), ...(pointer ? ["int *p = &x"] : [])];
  const devices = 2 + source.below(2);
  if (source.chance(0.5)) init.push(source.pick(["device D1(card=D0, function=1)", "device D1(card=D0, function=1)", "device D1(slot=1)"]));
  const threads: { head: string; body: Statement[] }[] = [];
  const shown = [...names];
  const cpu: Statement[] = [];
  for (let i = 0; i < 1 + source.below(2); i++) {
    const name = source.pick(names);
    cpu.push(
      source.pick([`WRITE_ONCE(*${name}, ${i + 1})`, `WRITE_ONCE(*${name}, ${i + 1})`, `int r${i} = READ_ONCE(*${name})`, "dma_wmb()"]),
    );
  }
  threads.push({ head: "P0(int *x, int *y)", body: cpu });
  let reads = 0;
  for (let device = 0; device < devices; device++) {
    const body: Statement[] = [];
    let set = 0;
    const length = 1 + source.below(2);
    for (let i = 0; i < length; i++) {
      // Two of them read the first word to begin with.
      const first = device < 2 && i === 0 && source.chance(0.8);
      const name = first ? "x" : source.pick(names);
      const roll = first ? 0 : source.below(10);
      if (roll < 6 && reads < 4) {
        const attributes = source.chance(0.15) ? source.pick([", RO", ", TC(1)", ", IDO"]) : "";
        const read = `int r${i} = ${source.chance(0.1) ? "DMA_READ_ZERO" : "DMA_READ"}(*${name}${attributes})`;
        if (set > 0 && source.chance(0.3)) body.push(`int r${i}`, { head: `if (r${set - 1})`, body: [read.replace("int ", "")] });
        else if (pointer && source.chance(0.3)) body.push(`int *q${i} = DMA_READ(*p)`, `int r${i} = DMA_READ(*q${i})`);
        else body.push(read);
        shown.push(`D${device}:r${i}`);
        set = i + 1;
        reads++;
      } else if (roll < 9) body.push(`DMA_WRITE(*${name}, ${set > 0 && source.chance(0.5) ? `r${set - 1} + 1` : `${3 + device}`})`);
      else {
        body.push(`int r${i} = DMA_FETCH_ADD(*${name}, 1)`);
        shown.push(`D${device}:r${i}`);
        set = i + 1;
      }
    }
    threads.push({ head: `D${device}(int *x, int *y${pointer ? ", int **p" : ""})`, body });
  }
  const condition = Array.from({ length: 1 + source.below(2) }, () => `${source.pick(shown)}=${source.below(3)}`);
  return { init, threads, shown, condition };
}

/** The same platform where the place on the way of DMA replies gives completions to whoever asks. */
export function sharing(platform: Platform): Platform {
  const [id] = platform.fabric.routes["dma-reply"];
  const places = platform.fabric.places.map((place) =>
    place.id === id ? { ...place, does: [...new Set([...(place.does ?? []), "share-completions" as const])] } : place,
  );
  return { ...platform, fabric: { ...platform.fabric, places } };
}
