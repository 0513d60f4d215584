/** What has to be true of the times of a part beyond the shape of its file. */
import { didYouMean } from "../nearest.js";
import { at, checkSource, keyAt, type Path, type Scene } from "./check-entry.js";
import type { FabricData } from "./file.js";
import { quoted } from "./shape.js";
import type { CpuTiming, FabricTiming, Figure } from "./timing.js";

/** Every figure names its source. */
function checkSources(scene: Scene, path: Path, figures: { readonly [name: string]: Figure | undefined } | undefined): void {
  for (const [name, figure] of Object.entries(figures ?? {}))
    if (figure !== undefined) checkSource(scene, [...path, name], `the figure \`${name}\``, figure.source);
}

/** Figures of a CPU's times name their sources. */
export function checkCpuTiming(scene: Scene, timing: CpuTiming | undefined): void {
  if (timing === undefined) return;
  checkSources(scene, ["timing", "figures"], timing.figures);
  checkSources(scene, ["timing", "accessors"], timing.accessors);
}

/** The values that a link can have. */
const LINK_VALUES: { readonly [name: string]: readonly number[] } = {
  generation: [1, 2, 3, 4, 5, 6, 7],
  lanes: [1, 2, 4, 8, 16],
  mps: [128, 256, 512, 1024, 2048, 4096],
  mrrs: [128, 256, 512, 1024, 2048, 4096],
  rcb: [0, 64, 128],
};

/** `timing` is as written, `whole` the fabric with everything filled in. */
export function checkFabricTiming(scene: Scene, timing: FabricTiming | undefined, whole: FabricData): void {
  if (timing === undefined) return;
  const { complaints } = scene;
  const places = whole.places.map((place) => place.id);
  const unknown = (place: string): string => didYouMean(place, places) ?? `places are ${quoted(places)}`;
  for (const [place, figures] of Object.entries(timing.places)) {
    if (!places.includes(place))
      complaints.error("platform", keyAt(scene, ["timing", "places"], place), `there is no place \`${place}\``, unknown(place));
    checkSources(scene, ["timing", "places", place], figures);
    const share = figures["tail-share"];
    if (share !== undefined && share.value > 1)
      complaints.error("platform", at(scene, "timing", "places", place, "tail-share", "value"), "a share is at most 1");
    if (figures.bandwidth?.value === 0)
      complaints.error(
        "platform",
        at(scene, "timing", "places", place, "bandwidth", "value"),
        "nothing passes a place without bandwidth",
        "leave it out for one that never holds anybody up",
      );
  }
  for (const part of ["link", "device", "memory", "tokens", "translation"] as const) checkSources(scene, ["timing", part], timing[part]);
  for (const [name, figure] of Object.entries(timing.link ?? {})) {
    const values = LINK_VALUES[name] ?? [];
    if (figure !== undefined && !values.includes(figure.value))
      complaints.error(
        "platform",
        at(scene, "timing", "link", name, "value"),
        `there is no link with ${name} ${figure.value}`,
        `it is one of ${values.join(", ")}`,
      );
  }
  (timing.linked ?? []).forEach((place, index) => {
    if (!places.includes(place))
      complaints.error("platform", at(scene, "timing", "linked", index), `there is no place \`${place}\``, unknown(place));
  });
  const link = whole.timing?.link;
  if ((whole.timing?.linked ?? []).length > 0 && (link?.generation === undefined || link.lanes === undefined || link.mps === undefined))
    complaints.error("platform", keyAt(scene, ["timing"], "linked"), "places are linked, but the link has no generation, lanes and mps");
}
