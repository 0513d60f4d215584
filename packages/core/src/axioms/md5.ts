/** The MD5 digest (RFC 1321). The core has no library of its own for it, and herd7 names tests by it. */

/** floor(2^32 * |sin(i + 1)|), the 64 constants of RFC 1321, 3.4. */
const SINES = Int32Array.from({ length: 64 }, (_, at) => Math.floor(Math.abs(Math.sin(at + 1)) * 2 ** 32) | 0);

/** By how much each step turns, four for each round. */
const TURNS = Int32Array.of(7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21);

/** The digest of a text's bytes in UTF-8: of most texts its characters. */
export function md5OfText(text: string): string {
  return digestBelow(text, 0x80) ?? md5(utf8Bytes(text));
}

/** The 16 bytes of the digest, each a character of the string; so are the bytes of what is digested. */
export function md5(bytes: string): string {
  return digestBelow(bytes, 0x100) as string;
}

/** The digest where all characters are below this; undefined where one is not. */
function digestBelow(text: string, limit: number): string | undefined {
  const { length } = text;
  const words = zeros(length);
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code >= limit) return undefined;
    words[at >> 2] = (words[at >> 2] as number) | (code << ((at & 3) << 3));
  }
  return digestOf(words, length);
}

/** Words that so many bytes take with what RFC 1321 puts behind them. */
function paddedWords(length: number): number {
  return ((length + 72) >>> 6) << 4;
}

const state = new Int32Array(4);

/** Used again for short texts. */
const short = new Int32Array(paddedWords(2000));

/** As many words of zeros, and perhaps more behind them. */
function zeros(length: number): Int32Array {
  const count = paddedWords(length);
  return count <= short.length ? short.fill(0, 0, count) : new Int32Array(count);
}

/** `words` hold so many bytes. */
function digestOf(words: Int32Array, length: number): string {
  const count = paddedWords(length);
  words[length >> 2] = (words[length >> 2] as number) | (0x80 << ((length & 3) << 3));
  words[count - 2] = length << 3;
  words[count - 1] = Math.floor(length / 2 ** 29);
  state[0] = 0x67452301;
  state[1] = 0xefcdab89;
  state[2] = 0x98badcfe;
  state[3] = 0x10325476;
  for (let block = 0; block < count; block += 16) addBlock(words, block);
  const bytes: number[] = [];
  for (let at = 0; at < 16; at++) bytes.push(((state[at >> 2] as number) >>> ((at & 3) << 3)) & 255);
  return String.fromCharCode(...bytes);
}

function addBlock(words: Int32Array, block: number): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  for (let step = 0; step < 64; step++) {
    const round = step >> 4;
    let mixed: number;
    let word = step;
    if (round === 0) {
      mixed = d ^ (b & (c ^ d));
    } else if (round === 1) {
      mixed = c ^ (d & (b ^ c));
      word = 5 * step + 1;
    } else if (round === 2) {
      mixed = b ^ c ^ d;
      word = 3 * step + 5;
    } else {
      mixed = c ^ (b | ~d);
      word = 7 * step;
    }
    const sum = (a + mixed + (SINES[step] as number) + (words[block + (word & 15)] as number)) | 0;
    const turn = TURNS[(round << 2) | (step & 3)] as number;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
}

/** The bytes of a text in UTF-8, each a character. */
function utf8Bytes(text: string): string {
  for (let at = 0; at < text.length; at++)
    if (text.charCodeAt(at) >= 0x80)
      return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\uFFFD")).replace(/%(..)/g, (_, byte: string) =>
        String.fromCharCode(Number.parseInt(byte, 16)),
      );
  return text;
}

/** Two digits for each byte. */
export function hexadecimal(bytes: string): string {
  const codes: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes.charCodeAt(at);
    codes.push(DIGITS.charCodeAt(byte >> 4), DIGITS.charCodeAt(byte & 15));
  }
  return String.fromCharCode(...codes);
}

const DIGITS = "0123456789abcdef";
