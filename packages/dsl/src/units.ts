/** A duration in microseconds. Everything inside the product counts in these; seconds exist only at the AWS edge. */
export type Micros = number & { readonly unit: "us" };

/** The one place where a plain number becomes a duration. */
export const us = (value: number): Micros => value as Micros;

/** Milliseconds to microseconds. */
export const ms = (value: number): Micros => us(Math.round(value * 1_000));

/** Seconds to microseconds. */
export const seconds = (value: number): Micros => us(Math.round(value * 1_000_000));

/** Microseconds to milliseconds, not rounded. */
export const toMs = (value: Micros): number => value / 1_000;

/** Microseconds to whole seconds, rounded up: AWS takes integers, and a timeout rounded down would fire early. */
export const toSecondsUp = (value: Micros): number => Math.ceil(value / 1_000_000);

/** A JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
