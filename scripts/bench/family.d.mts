/** The text of a test of the completion-queue family. */
export function family(n: number, m: number, cure: "none" | "barrier" | "pio"): string;
