/** The folder of the corpora, or undefined where there is none. */
export function corporaFolder(): string | undefined;
/** The files of a gzipped tar archive, in its order. */
export function tarFiles(path: string): Iterable<{ readonly name: string; readonly text: string }>;
/** The recorded answers, by path. */
export function recordedAnswers(path: string): ReadonlyMap<string, Readonly<Record<string, string>>>;
