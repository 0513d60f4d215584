/** Colours, as the caller's terminal has them. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly magenta: (text: string) => string;
}

const same = (text: string): string => text;

/** No colours. */
export const PLAIN: Style = { bold: same, faint: same, red: same, green: same, yellow: same, cyan: same, magenta: same };

/** A text in its verdict's colour. */
export function paint(style: Style, verdict: "allowed" | "forbidden" | "depends" | "unknown", text: string): string {
  switch (verdict) {
    case "allowed":
      return style.yellow(text);
    case "forbidden":
      return style.green(text);
    case "depends":
      return style.cyan(text);
    case "unknown":
      return style.magenta(text);
  }
}
