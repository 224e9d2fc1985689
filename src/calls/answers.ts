// What a network that learned from a table says of rows of it, in the table's own words and units.

import type { TableEncoding } from "../cells/encoding.js";
import { encodeRecords, type Row } from "../cells/records.js";
import { tableEncoding } from "../cells/version1.js";
import { wrongType, wrongValue } from "../checks.js";
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
}

/** Of a regression of several targets, by their names. */
export interface ValuesAnswer {
  values: Record<string, number>;
}

export type Answer = ClassAnswer | ValueAnswer | ValuesAnswer;

/**
 * What `predict` gave, `[batch, outputs]`, as people read it.
 * @throws TypeError, RangeError where the encoding is none, or the answers are another one's
 */
export function decode(answers: ArrayLike<number>, encoding: TableEncoding): Answer[] {
  const { outputs } = tableEncoding(encoding);
  if (typeof answers?.length !== "number") wrongType("answers", `an array of rows of ${outputs}`, answers);
  if (answers.length % outputs !== 0) wrongValue("answers", `rows of ${outputs}`, answers);
  return decodeRows(answers, encoding);
}

function decodeRows(answers: ArrayLike<number>, { classes, outputs, targets }: TableEncoding): Answer[] {
  return Array.from({ length: answers.length / outputs }, (_, row) => {
    const at = row * outputs;
    if (classes) {
      const label = argmax(answers, at, outputs);
      return { class: classes[label], probability: answers[at + label] };
    }
    const values = targets.map(({ name, shift, scale }, i) => [name, answers[at + i] / scale + shift] as const);
    return values.length === 1 ? { value: values[0][1] } : { values: Object.fromEntries(values) };
  });
}

interface Answering {
  metadata: Readonly<Record<string, string>>;
  config: Pick<NetworkConfig, "inputs">;
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
  return decodeRows(net.predict(encodeRecords(records, encoding)), encoding);
}
