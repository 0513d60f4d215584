/** The oracle does not cover this: the message says what. */
export class Unsupported extends Error {}

/** The test is too large for brute force. */
export class TooLarge extends Error {}
