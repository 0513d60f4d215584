/** What the page can be taken away as. */
export type Format = "svg" | "png" | "litmus" | "json" | "markdown";

export const FORMATS: readonly { readonly format: Format; readonly label: string; readonly needsStory: boolean }[] = [
  { format: "svg", label: "Ladder as SVG", needsStory: true },
  { format: "png", label: "Ladder as PNG", needsStory: true },
  { format: "litmus", label: "Test as .litmus", needsStory: false },
  { format: "json", label: "Report as JSON", needsStory: false },
  { format: "markdown", label: "Copy as Markdown", needsStory: false },
];
