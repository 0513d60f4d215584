/** States and steps as they are packed. */

export type State = Int32Array;

/** An instruction is performed, or its packet issued. */
export const PERFORM = 0;
/** A packet leaves its place. */
export const MOVE = 1;
/** A branch is guessed. */
export const GUESS_TAKEN = 2;
export const GUESS_SKIPPED = 3;
/** A loop goes round once more. */
export const AGAIN = 4;
/** An interrupt is taken (subject: the thread; choice: where in the interrupted program). */
export const HANDLE = 5;
/** A cache line is filled (0), dropped (1) or written back (2) of its own accord (subject: the location). */
export const CACHE = 6;

/** So many subjects can be told apart, and so many ways of one kind: a machine with more instructions has no steps that could be packed. */
export const MOST_SUBJECTS = 0x2000;

/** Choices of a packet's move: the table of mappings refuses it; another's read takes its completion (plus that packet's number); so many more words leave with it (plus their number). */
export const REFUSED = 3 * MOST_SUBJECTS;
export const TAKEN_BY = 2 * MOST_SUBJECTS;
export const BURST = MOST_SUBJECTS;

/** A step packed into an integer: subject (an instruction, thread or location; 13 bits), action (3 bits) and choice (15 bits). */
export function packStep(subject: number, action: number, choice: number): number {
  return subject | (action << 13) | (choice << 16);
}
/** What a packed step is about: an instruction, a thread or a location. */
export const stepSubject = (step: number): number => step & 0x1fff;
/** What happens in a packed step. */
export const stepAction = (step: number): number => (step >> 13) & 7;
/** Subject and action, whatever the choice. */
export const stepDeed = (step: number): number => step & 0xffff;
/** Which of several ways it happens in. */
export const stepChoice = (step: number): number => step >> 16;
