/// <reference lib="esnext.disposable" preserve="true" />
// Several networks that answer as one (Lakshminarayanan et al. 2017): their answers averaged, their disagreement on top
// of dropout's.

import { checkKeys, checkObject, describe, wrongType, wrongValue } from "../checks.js";
import { readModelBytes } from "../formats/checkpoint/receive.js";
import type { Bytes, Floats, ModelSource, MonteCarloOptions, ReadOptions, SaveOptions } from "../types.js";
import type { Adjustable, Answering } from "./answering.js";
import { packMembers, unpackMembers } from "./ensemble-file.js";
import { type EnsembleDraws, pool } from "./pool.js";
import { meanOf } from "./temperature.js";

/**
 * What an ensemble asks of its members: a network of `thinned`, or of `thinned/infer`, which can neither be saved nor
 * calibrated.
 */
export interface Member extends Answering {
  temperature?: number;
  save?(options?: SaveOptions): Bytes;
  dispose(): void;
}

/** A class of networks: that of `thinned`, or that of `thinned/infer`. */
export interface Loader<M extends Member, O extends ReadOptions = ReadOptions> {
  load(source: ModelSource, options?: O): Promise<M>;
}

/**
 * Networks with the same inputs, outputs and temperature, answering as one. Train each from a seed of its own: what
 * they disagree about is what the data left open.
 *
 * @example
 * import { Network } from "thinned";
 * import { Ensemble } from "thinned/uncertainty";
 * const networks = await Promise.all([1, 2, 3].map((seed) => Network.create({ sizes: [2, 16, 2], seed })));
 * const ensemble = Ensemble.of(networks);
 * const { mean, variance, across } = ensemble.mc_step(Float32Array.of(0, 1), { samples: 20 });
 * const again = await Ensemble.load(ensemble.save(), Network);
 * again.dispose();
 */
export class Ensemble<M extends Member = Member> implements Adjustable {
  readonly members: readonly M[];
  /** Texts that travel inside the file. At first those of the first member that all members share. */
  metadata: Record<string, string>;

  private constructor(members: readonly M[], metadata: Record<string, string>) {
    this.members = members;
    this.metadata = metadata;
  }

  /**
   * The members stay what they are, and can be used by themselves.
   * @throws TypeError, RangeError naming the member that does not fit the first
   */
  static of<M extends Member>(members: readonly M[]): Ensemble<M> {
    const expected = "an array of networks, two or more";
    if (!Array.isArray(members)) wrongType("members", expected, members);
    if (members.length < 2) wrongValue("members", expected, members);
    members.forEach((member, i) => {
      checkMember(members, member, i);
    });
    const first: Readonly<Record<string, string>> = members[0].metadata;
    const shared = Object.entries(first).filter(
      ([key, text]) => key !== "calibration" && members.every(({ metadata }) => metadata[key] === text),
    );
    return new Ensemble([...members], Object.fromEntries(shared));
  }

  /**
   * Opens what `save()` wrote.
   * @param Network the class of the members: that of `thinned`, or of `thinned/infer`
   * @param options as of `Network.load`, for each member
   * @throws SafetensorsError, TypeError, RangeError naming what is wrong with the file, and in which member
   */
  static async load<M extends Member, O extends ReadOptions>(
    source: ModelSource,
    Network: Loader<M, O>,
    options: O = {} as O,
  ): Promise<Ensemble<M>> {
    if (typeof Network?.load !== "function") {
      wrongType("Network", "the class of the members", Network, 'import { Network } from "thinned" or "thinned/infer"');
    }
    const { signal, onProgress, ...settings } = checkObject("options", options) as ReadOptions;
    const { members, metadata } = unpackMembers(await readModelBytes(source, { signal, onProgress }));
    const open: M[] = [];
    try {
      for (const bytes of members) {
        open.push(await named(open.length, () => Network.load(bytes, settings as O)));
      }
      const ensemble = Ensemble.of(open);
      ensemble.metadata = metadata;
      return ensemble;
    } catch (error) {
      for (const member of open) member.dispose();
      throw error;
    }
  }

  /**
   * The mean of the members' logits, which calibration knows an ensemble by. `predict` averages what is made of them
   * instead.
   */
  test_step(x: Float32Array): Floats {
    return meanOf(this.members.map((member) => member.test_step(x)));
  }

  /**
   * The mean of what the members predict, `[batch, out]`; of deviations the root of their mean square, the noise that
   * the members see.
   */
  predict(x: Float32Array): Floats {
    const answers = this.members.map((member) => member.predict(x));
    const { output, sizes } = this.config;
    const mean = meanOf(answers);
    if (output !== "gaussian") return mean;
    const squares = meanOf(answers.map((rows) => rows.map((value) => value * value)));
    const width = sizes.at(-1)!;
    return mean.map((value, i) => (i % width < width / 2 ? value : Math.sqrt(squares[i])));
  }

  /**
   * Dropout within the members and differences between them, by the law of total variance: `variance` is `within` +
   * `across`, and `aleatoric` where noise is told apart.
   * @param options.samples draws of each member. Default 50
   * @param options.seed member m draws from seed + m. Default: each from its own
   * @param options.outputs every draw's answers, the first member's draws first
   * @throws TypeError, RangeError naming the option
   */
  mc_step(x: Float32Array, options: MonteCarloOptions = {}): EnsembleDraws {
    checkKeys("options", checkObject("options", options), ["samples", "seed", "draw", "outputs", "masks"]);
    const { seed } = options;
    const results = this.members.map((member, m) =>
      member.mc_step(x, typeof seed === "number" ? { ...options, seed: seed + m } : options),
    );
    return pool(results, this.config.output);
  }

  /** That of all members. Setting it sets theirs. */
  get temperature(): number {
    return this.config.temperature;
  }

  set temperature(temperature: number) {
    const former = this.temperature;
    try {
      this.members.forEach((member, m) => {
        if (!member.save) wrongType(`member ${m}`, "a network of thinned, whose temperature can be set", member);
        member.temperature = temperature;
      });
    } catch (error) {
      for (const member of this.members) if (member.save) member.temperature = former;
      throw error;
    }
  }

  /** That of the first member. */
  get config(): M["config"] {
    return this.members[0].config;
  }

  /** The names of the outputs. */
  get classes(): string[] | null {
    return this.members[0].classes;
  }

  /**
   * All members in one safetensors file (docs/checkpoint.md#ensembles).
   * @param options as of `Network.save`, for each member
   * @throws TypeError where a member cannot be saved; as `Network.save`
   */
  save(options: SaveOptions = {}): Bytes {
    const files = this.members.map((member, m) => {
      if (!member.save) wrongType(`member ${m}`, "a network of thinned, which can be saved", member);
      return member.save(options);
    });
    return packMembers(files, this.metadata);
  }

  /** Disposes the members. */
  dispose(): void {
    for (const member of this.members) member.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function checkMember(members: readonly Member[], member: Member, at: number): void {
  const name = `members[${at}]`;
  if (typeof member?.predict !== "function") {
    wrongType(name, "a network", member, "await Network.create(…) or Network.load(…) gives one");
  }
  const twin = members.indexOf(member);
  if (twin < at) wrongValue(name, "another network than those before it", `members[${twin}] again`);
  const [first, own] = [members[0], member].map(({ config, classes }) => ({
    inputs: config.sizes[0],
    outputs: config.sizes.at(-1),
    output: config.output,
    classes,
    temperature: config.temperature,
  }));
  for (const key of Object.keys(first) as (keyof typeof first)[]) {
    if (JSON.stringify(first[key]) === JSON.stringify(own[key])) continue;
    wrongValue(`${key} of ${name}`, `as of the first, ${describe(first[key])}`, own[key]);
  }
}

async function named<T>(member: number, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    // The kind of the error says what is wrong; only its words get the member's number.
    if (error instanceof Error) error.message = `member ${member}: ${error.message}`;
    throw error;
  }
}
