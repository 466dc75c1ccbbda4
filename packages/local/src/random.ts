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
    while (text.length < digits) text += this.next32().toString(16).padStart(8, "0");
    return text.slice(0, digits);
  }

  /** A UUID in the form of version 4. */
  uuid(): string {
    const digits = this.hex(32);
    const variant = "89ab"[this.between(0, 3)];
    return [
      digits.slice(0, 8),
      digits.slice(8, 12),
      `4${digits.slice(13, 16)}`,
      `${variant}${digits.slice(17, 20)}`,
      digits.slice(20),
    ].join("-");
  }

  private next32(): number {
    const sum = (this.a + this.b + this.counter++) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
