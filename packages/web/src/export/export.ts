/** What can be taken away: pictures, the test, the report, a block for a mail or a review. */
import { account, notice, platforms, reading, settings, story, text, verdictRows } from "../bench/state.js";
import { lookups } from "../engine/lane.js";
import type { Story } from "../engine/protocol.js";
import { linkHere } from "../link/share.js";
import type { Format } from "./formats.js";

/** A name for files, of letters that every system takes. */
function fileName(ending: string, withPlatform: boolean): string {
  const found = account.value;
  const platform = withPlatform && found !== undefined && !("fault" in found) ? `-${found.cell.platform}` : "";
  return `${`${reading.value?.test?.name ?? "test"}${platform}`.replace(/[^\w.+-]+/g, "-").slice(0, 80)}.${ending}`;
}

function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const svgOf = ({ at, steps, words }: Story): Promise<string> => lookups.ask((engine) => engine.svg({ at, steps, words }));

/** Twice the size on paper, on white: for documents. */
async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    await new Promise<void>((resolve, reject) => {
      image.onload = () => resolve();
      image.onerror = () => reject(new Error("The picture could not be drawn."));
      image.src = url;
    });
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * 2;
    canvas.height = image.naturalHeight * 2;
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("The picture could not be drawn.");
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob === null ? reject(new Error("The picture could not be drawn.")) : resolve(blob)), "image/png"),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A fence longer than any in the text. */
function fenced(content: string, language: string): string {
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map((found) => found[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${content.replace(/\n+$/, "")}\n${fence}`;
}

const inline = (words: string): string => words.replace(/[\\`*_{}[\]<>|#~]/g, "\\$&").replace(/\s+/g, " ");

/** The verdicts, how it happens, the test and the link. */
export async function markdown(): Promise<string> {
  const test = reading.value?.test;
  const found = account.value;
  const rows = verdictRows();
  const parts = [
    `**${inline(test?.name ?? "test")}**${test?.doc === undefined ? "" : `: ${inline(test.doc)}`}`,
    ["| platform | verdict |", "|---|---|", ...rows.map(({ platform, words }) => `| ${inline(platform)} | ${inline(words)} |`)].join("\n"),
  ];
  if (found !== undefined && !("fault" in found)) parts.push(fenced(await lookups.ask((engine) => engine.text(found.question)), "text"));
  parts.push(fenced(text.value, "c"), `[Open in the workbench](${linkHere()})`);
  return `${parts.join("\n\n")}\n`;
}

export async function take(format: Format): Promise<void> {
  try {
    switch (format) {
      case "svg":
        if (story.value !== undefined) save(fileName("svg", true), new Blob([await svgOf(story.value)], { type: "image/svg+xml" }));
        return;
      case "png":
        if (story.value !== undefined) save(fileName("png", true), await pngOf(await svgOf(story.value)));
        return;
      case "litmus":
        save(fileName("litmus", false), new Blob([text.value], { type: "text/plain" }));
        return;
      case "json": {
        const [test, on, set] = [text.value, platforms.value, settings.value];
        const report = await lookups.ask((engine) => engine.report(test, on, set));
        save(fileName("json", false), new Blob([report], { type: "application/json" }));
        return;
      }
      case "markdown":
        await navigator.clipboard.writeText(await markdown());
        notice.value = { kind: "done", text: "A Markdown block with verdicts, explanation, test and link is copied." };
    }
  } catch (error) {
    notice.value = { kind: "error", text: error instanceof Error ? error.message : String(error) };
  }
}
