/**
 * What JSON must look like, said once and in few words.
 *
 * @module
 */
import type { Json } from "../operation/operation.ts";
import { isJsonObject } from "../operation/parse_field.ts";

/** Whether a value fits; `undefined` is an absent member. */
export type Shape = (value: Json | undefined) => boolean;

/** A string that fits. */
export function text(pattern: RegExp): Shape {
  return (value) => typeof value === "string" && pattern.test(value);
}

export const anyText: Shape = text(/^/);

/** RFC 3339 in UTC, as the engine writes times. */
export const instant: Shape = text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/);

/** A finite number from 0 on. */
export function anyCount(value: Json | undefined): boolean {
  return typeof value === "number" && value >= 0;
}

export function anyBoolean(value: Json | undefined): boolean {
  return typeof value === "boolean";
}

export function anyObject(value: Json | undefined): boolean {
  return value !== undefined && isJsonObject(value);
}

/** One of a few values. */
export function oneOf(...values: readonly (string | number)[]): Shape {
  return (value) => (values as readonly unknown[]).includes(value);
}

/** `null`, or what fits. */
export function orNull(shape: Shape): Shape {
  return (value) => value === null || shape(value);
}

/** Absent, or what fits. */
export function orNone(shape: Shape): Shape {
  return (value) => value === undefined || shape(value);
}

/** A list of what fits. */
export function listOf(shape: Shape): Shape {
  return (value) => Array.isArray(value) && value.every(shape);
}

/** An object whose members fit; others may stand beside them. */
export function withMembers(shapes: Readonly<Record<string, Shape>>): Shape {
  return (value) =>
    value !== undefined && isJsonObject(value) &&
    Object.entries(shapes).every(([key, shape]) =>
      shape(Object.hasOwn(value, key) ? value[key] : undefined)
    );
}

/** An object of exactly these members. */
export function exactly(shapes: Readonly<Record<string, Shape>>): Shape {
  const fits = withMembers(shapes);
  return (value) =>
    fits(value) &&
    Object.keys(value as Record<string, unknown>).every((key) => Object.hasOwn(shapes, key));
}
