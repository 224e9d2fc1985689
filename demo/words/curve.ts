// What a curve with two bands says, in words. Numbers are of the plane, 0 to 10 across and up.
import type { Curve, Place } from "../lab/curve-lab.js";

const short = (value: number) => value.toFixed(1);

/** At one place across, for who points at it. */
export function sayPlace({ x, mean, unknown, noise }: Curve, at: number): string {
  const i = Math.round((at / 10) * (x.length - 1));
  return `At ${short(x[i])} the curve says ${short(mean[i])}. What the network does not know: ± ${short(unknown[i])}. Noise: ± ${short(noise[i])}.`;
}

/** Where each kind of doubt is largest; the noise is told where there are points to learn it from. */
export function sayCurve({ x, unknown, noise }: Curve, places: readonly Place[]): string {
  const across = places.map(([at]) => at).sort((a, b) => a - b);
  const distance = (at: number) => Math.min(...across.map((other) => Math.abs(other - at)));
  const all = Array.from(x.keys());
  const most = (of: Float32Array, among: number[]) => among.reduce((best, i) => (of[i] > of[best] ? i : best));
  const widest = most(unknown, all);
  const inside = all.filter((i) => x[i] >= across[0] && x[i] <= across[across.length - 1]);
  const loud = most(noise, inside.length > 0 ? inside : all);
  const far = distance(x[widest]);
  const where = far < 0.5 ? "among the points" : `${short(far)} away from the nearest point`;
  const count = places.length === 1 ? "1 point" : `${places.length} points`;
  return `Fitted to ${count}. It knows least at ${short(x[widest])}, ${where}: ± ${short(unknown[widest])}. Among the points the noise is largest at ${short(x[loud])}: ± ${short(noise[loud])}.`;
}
