// What the command line accepts: parsers of option values, and the error that means "wrong usage" (exit status 2).
import { type Command, InvalidArgumentError } from "commander";
import { didYouMean } from "../checks.js";
import { ACTIVATIONS } from "../config/activation.js";
import { NUMBER } from "../data/sources/text/numbers.js";
import type { Activation, ActivationName } from "../types.js";
import { LR_SCHEDULES, whyNoSchedule } from "./run/lr-schedule.js";

export { UsageError } from "../node/usage-error.js";

/** What `--revectorize` says of itself wherever it is to be had. */
export const REVECTORIZE = "256-bit operations, where a proof shows them right and faster; Node 24 (experimental)";

/** A whole number from `min` to `max`. */
export function whole(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = number(text);
    if (!Number.isInteger(value) || value < min || value > max) {
      const bounded = max < Number.MAX_SAFE_INTEGER || value > max;
      refuse(bounded ? `a whole number from ${min} to ${max}` : `a whole number of at least ${min}`);
    }
    return value;
  };
}

/** A finite number of at least `min`, and below `below` where that is given. */
export function real(min: number, below = Infinity): (text: string) => number {
  const expected = below === Infinity ? `a number of at least ${min}` : `a number from ${min} to just under ${below}`;
  return (text) => {
    const value = number(text);
    if (!Number.isFinite(value) || value < min || value >= below) refuse(expected);
    return value;
  };
}

/** Above 0 and below 1. */
export function share(text: string): number {
  const value = number(text);
  if (!(value > 0 && value < 1)) refuse("a share between 0 and 1, such as 0.9");
  return value;
}

/** One share, or several with commas between them. */
export function shares(text: string): number[] {
  return text.split(",").map(share);
}

/** The probability of dropping. */
export function probability(text: string): number {
  const value = number(text);
  if (!(value >= 0 && value <= 1)) refuse("a probability of dropping from 0 to 1");
  return value;
}

/** One probability of dropping, or one per hidden layer. */
export function probabilities(text: string): number | number[] {
  const all = text.split(",").map(probability);
  return all.length === 1 ? all[0] : all;
}

/** Finite numbers with commas between them. */
export function numbers(text: string): number[] {
  return text.split(",").map((part) => {
    const value = number(part);
    if (!Number.isFinite(value)) refuse("numbers as in 1,-2.5,3");
    return value;
  });
}

/** A fraction of rows to validate with, drawn or, behind "last", the last ones. */
export function validation(text: string): number | { last: number } {
  const last = /^last(?::(.*))?$/.exec(text.trim());
  const value = last && last[1] === undefined ? 0.1 : number(last ? last[1] : text);
  if (!(value >= 0 && value < 1)) refuse('a number from 0 to just under 1, "last", or such a number as in last:0.2');
  return last ? { last: value } : value;
}

/** Epochs to wait; 0 for none: not to wait, but to train to the end. The parser takes null for a mistake. */
export function patience(text: string): number {
  if (text === "none") return 0;
  const value = number(text);
  if (!Number.isInteger(value) || value < 1) refuse('a whole number of at least 1, or "none"');
  return value;
}

/** Names with commas between them; spaces around one are no part of it. */
export function list(text: string): string[] {
  const all = text.split(",").map((name) => name.trim());
  if (all.includes("")) refuse("names as in fc1,fc2");
  return all;
}

/**
 * Names as they were written, each time that the option is given: which commas part names, only the table can tell.
 */
export function names(text: string, before: string[] = []): string[] {
  if (text.split(",").some((name) => name.trim() === "")) refuse("names as in id,comment");
  return [...before, text];
}

/** Widths of the hidden layers; `none` for a network without any. */
export function widths(text: string): number[] {
  if (text === "none") return [];
  return text.split(",").map((width) => {
    const value = number(width);
    if (!Number.isInteger(value) || value < 1) refuse('units per hidden layer as in 1024,1024, or "none"');
    return value;
  });
}

/** Numbers of layers, from 1. */
export function layers(text: string): number[] {
  return text.split(",").map(whole(1));
}

/**
 * An activation, its parameter behind a colon: `relu`, `leaky_relu:0.2`, `gelu:tanh`; or one of `others`, which have
 * none.
 */
export function activationName(...others: string[]): (text: string) => Activation {
  return (text) => {
    const [name, parameter] = text.trim().split(":");
    const type = oneOf([...ACTIVATIONS, ...others])(name) as ActivationName;
    if (parameter === undefined) return type;
    if (type === "gelu" && parameter === "tanh") return { type, approximate: parameter };
    const value = number(parameter);
    if (type === "leaky_relu" && Number.isFinite(value)) return { type, slope: value };
    if (type === "elu" && Number.isFinite(value)) return { type, alpha: value };
    return refuse(
      `an activation such as relu, leaky_relu:0.2, elu:0.5 or gelu:tanh; ${type} has no parameter ${parameter}`,
    );
  };
}

export function threads(text: string): number | "auto" {
  if (text === "auto") return text;
  const value = number(text);
  if (!Number.isInteger(value) || value < 1 || value > 256) refuse("a whole number from 1 to 256, or auto");
  return value;
}

/** One of a few words; a near miss is answered with the word that was probably meant. */
export function oneOf<T extends string>(allowed: readonly T[]): (text: string) => T {
  return (text) => {
    if ((allowed as readonly string[]).includes(text)) return text as T;
    return refuse(`one of ${allowed.join(", ")}`, didYouMean(text, allowed));
  };
}

/** One of a few words, or several with commas between them. */
export function listOf<T extends string>(allowed: readonly T[]): (text: string) => T | T[] {
  return (text) => {
    const all = text.split(",").map(oneOf(allowed));
    return all.length === 1 ? all[0] : all;
  };
}

/** A learning rate's schedule: `linear`, `cosine`, `step:10`. */
export function lrSchedule(text: string): string {
  const expected = whyNoSchedule(text);
  return expected ? refuse(expected, didYouMean(text, LR_SCHEDULES)) : text;
}

/** "sgd, adam or adamw" */
export function either(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;
}

/** Options that the caller wrote out, as opposed to defaults. */
export function given(command: Command): Set<string> {
  return new Set(Object.keys(command.opts()).filter((name) => command.getOptionValueSource(name) === "cli"));
}

/** `weightDecay` as the caller wrote it: `--weight-decay`. That there is a header can only be denied. */
export function flag(name: string): string {
  if (name === "header") return "--no-header";
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function number(text: string): number {
  return NUMBER.test(text.trim()) ? Number(text) : Number.NaN;
}

function refuse(expected: string, hint = ""): never {
  throw new InvalidArgumentError(`Expected ${expected}${hint ? `; ${hint}` : ""}`);
}
