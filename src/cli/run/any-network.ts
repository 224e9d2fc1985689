// A network or an ensemble, wherever a command takes either: who answers, how well, and what thinned networks say.
import { argmax } from "../../calls/argmax.js";
import type { Drawing } from "../../lab/averaging.js";
import { Network } from "../../network.js";
import type { DataSet, Evaluation, MonteCarloAsyncOptions, MonteCarloResult } from "../../types.js";
import type { Ensemble } from "../../uncertainty/ensemble.js";
import { pool } from "../../uncertainty/pool.js";

export type AnyNetwork = Network | Ensemble<Network>;

export function membersOf(net: AnyNetwork): readonly Network[] {
  return net instanceof Network ? [net] : net.members;
}

/** "network 4-8-2", "ensemble of 5 networks 4-8-2" */
export function describeNetwork(net: AnyNetwork): string {
  const sizes = net.config.sizes.join("-");
  return net instanceof Network ? `network ${sizes}` : `ensemble of ${net.members.length} networks ${sizes}`;
}

/** As `Network.evaluate`; an ensemble's loss is that of its members' averaged answers. */
export function evaluateOn(net: AnyNetwork, data: DataSet, average = false): Evaluation {
  return net instanceof Network ? net.evaluate(data, { average }) : evaluateAnswers(net, data);
}

function evaluateAnswers(net: Ensemble<Network>, { x, y }: DataSet): Evaluation {
  const { loss, sizes } = net.config;
  const out = sizes[sizes.length - 1];
  const answers = net.predict(x);
  const targets = y as ArrayLike<number>;
  const samples = answers.length / out;
  let [losses, errors] = [0, 0];
  if (loss === "cross-entropy") {
    for (let s = 0; s < samples; s++) {
      losses -= logOf(answers[s * out + targets[s]]);
      if (argmax(answers, s * out, out) !== targets[s]) errors++;
    }
    return { loss: losses / samples, error: errors / samples };
  }
  // Deviations stand behind the means of their row.
  const width = loss === "gaussian" ? out / 2 : out;
  for (let i = 0; i < samples * width; i++) {
    const at = Math.floor(i / width) * out + (i % width);
    const [answer, target] = [answers[at], targets[i]];
    const square = (answer - target) ** 2;
    if (loss === "bce") losses -= target * logOf(answer) + (1 - target) * logOf(1 - answer);
    else if (loss === "mse") losses += square;
    else losses += logOf(answers[at + width]) + square / answers[at + width] ** 2 / 2;
    errors += loss === "bce" ? Number(answer > 0.5 !== target > 0.5) : square;
  }
  const [mean, error] = [losses, errors].map((sum) => sum / (samples * width));
  return { loss: mean, error: loss === "bce" ? error : Math.sqrt(error) };
}

/** Single precision rounds what all members are sure of to 0, whose logarithm is not finite. */
function logOf(probability: number): number {
  return Math.log(Math.max(probability, 2 ** -149));
}

/** Thinned networks one by one: draw d of an ensemble is one of member d mod M, as all members count the same. */
export function takingTurns(net: AnyNetwork): Drawing {
  if (net instanceof Network) return net;
  const { members, config } = net;
  return {
    config,
    mc_step(x, { samples, seed, draw }) {
      const m = draw % members.length;
      return members[m].mc_step(x, { samples, seed: seed + m, draw: Math.floor(draw / members.length) });
    },
  };
}

type Doubting = Required<Pick<MonteCarloAsyncOptions, "samples" | "seed">> &
  Pick<MonteCarloAsyncOptions, "signal" | "onDraw">;

/** What so many draws say together; of an ensemble's, every member gives its share. */
export async function drawTogether(net: AnyNetwork, x: Float32Array, options: Doubting): Promise<MonteCarloResult> {
  const { seed, signal, onDraw } = options;
  const members = membersOf(net);
  const samples = Math.ceil(options.samples / members.length);
  const results: MonteCarloResult[] = [];
  for (const [m, member] of members.entries()) {
    const told: typeof onDraw = (now) => onDraw?.({ ...now, draws: m * samples + now.draws });
    results.push(await member.mc_step_async(x, { samples, seed: seed + m, draw: 0, signal, onDraw: told }));
  }
  return results.length === 1 ? results[0] : pool(results, net.config.output);
}
