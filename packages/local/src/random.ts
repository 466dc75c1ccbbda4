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
    const high = (half: number): string => hex16(half >>> 16);
    const low = (half: number): string => hex16(half & 0xffff);
    return `${hex32(first)}-${high(version)}-${low(version)}-${high(rest)}-${low(rest)}${hex32(fourth)}`;
  }

  private next32(): number {
    const sum = (this.a + this.b + this.counter++) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const hex16 = (value: number): string => `${BYTES[value >>> 8]}${BYTES[value & 0xff]}`;

const hex32 = (value: number): string => hex16(value >>> 16) + hex16(value & 0xffff);
