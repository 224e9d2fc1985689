// What a network that learned from a table says of rows of it, in the table's own words and units.

import type { TableEncoding } from "../cells/encoding.js";
import { encodeRecords, type Row } from "../cells/records.js";
import { tableEncoding } from "../cells/version1.js";
import { checkBoolean, checkKeys, checkObject, wrongType, wrongValue } from "../checks.js";
import type { NetworkConfig } from "../config/network.js";
import { parseJson } from "../formats/safetensors/json.js";
import { argmax } from "./argmax.js";

/** Of a classification: the likeliest class, and what the network's output for it says. */
export interface ClassAnswer {
  class: string;
  probability: number;
}

/** Of a regression, in the target's own units. */
export interface ValueAnswer {
  value: number;
  /** Of the output gaussian: the noise's standard deviation. */
  deviation?: number;
}

/** Of a regression of several targets, by their names. */
export interface ValuesAnswer {
  values: Record<string, number>;
  deviations?: Record<string, number>;
}

export type Answer = ClassAnswer | ValueAnswer | ValuesAnswer;

/**
 * What `predict` gave, `[batch, outputs]`, as people read it.
 * @param options.deviations there are such behind the values of each row, as of the output gaussian. Default false
 * @throws TypeError, RangeError where the encoding is none, or the answers are another one's
 */
export function decode(
  answers: ArrayLike<number>,
  encoding: TableEncoding,
  options: { deviations?: boolean } = {},
): Answer[] {
  checkKeys("options", checkObject("options", options), ["deviations"]);
  const noisy = checkBoolean("deviations", options.deviations ?? false);
  const { classes, outputs } = tableEncoding(encoding);
  if (noisy && classes) wrongValue("deviations", "false where the answers are classes", true);
  const width = noisy ? 2 * outputs : outputs;
  if (typeof answers?.length !== "number") wrongType("answers", `an array of rows of ${width}`, answers);
  if (answers.length % width !== 0) wrongValue("answers", `rows of ${width}`, answers);
  return decodeRows(answers, encoding, noisy);
}

function decodeRows(answers: ArrayLike<number>, encoding: TableEncoding, noisy: boolean): Answer[] {
  const { classes, outputs, targets } = encoding;
  const width = noisy ? 2 * outputs : outputs;
  return Array.from({ length: answers.length / width }, (_, row) => {
    const at = row * width;
    if (classes) {
      const label = argmax(answers, at, outputs);
      return { class: classes[label], probability: answers[at + label] };
    }
    const values = targets.map(({ name, shift, scale }, i) => [name, answers[at + i] / scale + shift] as const);
    const noise = targets.map(({ name, scale }, i) => [name, answers[at + outputs + i] / scale] as const);
    if (values.length === 1) return { value: values[0][1], ...(noisy && { deviation: noise[0][1] }) };
    return { values: Object.fromEntries(values), ...(noisy && { deviations: Object.fromEntries(noise) }) };
  });
}

interface Answering {
  metadata: Readonly<Record<string, string>>;
  config: Pick<NetworkConfig, "inputs" | "output">;
  predict(x: Float32Array): ArrayLike<number>;
}

/** See `Network.answer`. */
export function answerRecords(net: Answering, records: readonly Row[]): Answer[] {
  const { metadata, config } = net;
  if (typeof metadata.encoding !== "string") {
    const remedy = "put JSON.stringify(encoding) there, of thinned/table; or give predict() rows of numbers";
    wrongType("metadata.encoding", "a text that says what columns become", metadata.encoding, remedy);
  }
  const encoding = tableEncoding(parseJson(metadata.encoding), config.inputs?.shift);
  return decodeRows(net.predict(encodeRecords(records, encoding)), encoding, config.output === "gaussian");
}
