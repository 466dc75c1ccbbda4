/**
 * Everything random in the models, from one seed: the same seed gives the same numbers on any machine.
 * The generator is sfc32 (Chris Doty-Humphrey's small fast counting generator, of the PractRand suite).
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** @param seed any whole number; its low 53 bits count */
  constructor(readonly seed: number) {
    this.a = seed | 0;
    this.b = Math.floor(seed / 2 ** 32) | 0;
    this.c = 0;
    // The generator's own warm-up, so that near seeds give unlike numbers.
    for (let i = 0; i < 15; i++) this.next32();
  }

  /** From 0 up to, and without, 1. */
  next(): number {
    return this.next32() / 2 ** 32;
  }

  /** True with `probability`, 0 to 1. Draws nothing at 0, so that a fault that is off changes no other number. */
  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** `digits` hexadecimal digits. */
  hex(digits: number): string {
    let text = "";
    while (text.length < digits) text += hex32(this.next32());
    return text.slice(0, digits);
  }

  /** A UUID in the form of version 4. */
  uuid(): string {
    const [first, second, third, fourth] = [this.next32(), this.next32(), this.next32(), this.next32()];
    const variant = 8 + this.between(0, 3);
    const version = (second & 0xffff0fff) | 0x4000;
    const rest = (third & 0x0fffffff) | (variant << 28);
    return uuidText(first, version, rest, fourth);
  }

  private next32(): number {
    const sum = (this.a + this.b + this.counter++) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}

const hex32 = (value: number): string => value.toString(16).padStart(8, "0");

const DIGITS = Buffer.from("0123456789abcdef");
const UUID_TEXT = Buffer.alloc(36, "-");
/** Where a UUID's 32 digits stand. */
const UUID_PLACES = [...UUID_TEXT.keys()].filter((place) => ![8, 13, 18, 23].includes(place));

/**
 * Written digit by digit into one text: a text put together from parts keeps all of them, eight times its size, and takes
 * four times as long. There may be millions.
 */
function uuidText(...quarters: readonly number[]): string {
  let digit = 0;
  for (const quarter of quarters)
    for (let shift = 28; shift >= 0; shift -= 4)
      UUID_TEXT[UUID_PLACES[digit++] ?? 0] = DIGITS[(quarter >>> shift) & 15] ?? 0;
  return UUID_TEXT.toString("latin1");
}
