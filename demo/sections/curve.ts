// In section 6: points that somebody places, a curve through them, and two bands: what the network does not know, and
// the noise.
import { type Place, ROUNDS } from "../lab/curve-lab.js";
import type { Lab } from "../link.js";
import { write } from "../parts/controls.js";
import { CurveSheet } from "../parts/curve-sheet.js";
import type { Theme } from "../theme.js";
import { sayCurve, sayPlace } from "../words/curve.js";
import { CURVE } from "./curve-markup.js";

/** Quiet on the left, noisy on the right, nothing between 4 and 6 nor beyond 1 and 9. */
const EXAMPLE: Place[] = Array.from({ length: 28 }, (_, i) => {
  const left = i < 14;
  const x = left ? 1.2 + 0.2 * i : 6 + 0.2 * (i - 14);
  return [x, 5 + 2 * Math.sin(x - 5) + (left ? 0.15 : 1.3) * Math.sin(5 * i * i)];
});

export async function mount(host: HTMLElement, theme: Theme, api: Lab): Promise<void> {
  host.innerHTML = CURVE;
  const find = <E extends HTMLElement>(name: string) => host.querySelector<E>(`[data-${name}]`)!;
  const [verdict, readout, announce] = ["verdict", "readout", "announce"].map(find);
  const resting = readout.textContent!;
  const sheet = new CurveSheet(host.querySelector("canvas")!, theme);
  const lab = await new api.CurveLab();
  let changed = false;
  let running = false;

  async function follow(): Promise<void> {
    while (changed) {
      changed = false;
      const { places } = sheet;
      if (places.length === 0) {
        write(verdict, "No points: tap to place one.");
        continue;
      }
      write(verdict, "A network is being fitted.");
      await lab.begin([...places]);
      for (let round = 1; round <= ROUNDS && !changed; round++) {
        const curve = await lab.round();
        if (changed) break;
        if (round < ROUNDS && theme.reducedMotion) continue;
        sheet.curve = curve;
        if (round === ROUNDS) write(verdict, sayCurve(curve, places));
      }
    }
    write(announce, verdict.textContent!);
  }

  sheet.addEventListener("change", () => {
    changed = true;
    if (running) return;
    running = true;
    follow()
      .catch((error: Error) => write(verdict, `No curve: ${error.message}`))
      .finally(() => {
        running = false;
      });
  });
  sheet.addEventListener("point", (event) => {
    const { place, byKeys } = (event as CustomEvent<{ place: Place | null; byKeys: boolean }>).detail;
    const said = place && sheet.curve ? sayPlace(sheet.curve, place[0]) : "";
    write(readout, said || resting);
    if (byKeys && place) write(announce, `${place[0].toFixed(2)} across, ${place[1].toFixed(2)} up. ${said}`);
  });
  find("example").addEventListener("click", () => {
    sheet.places = EXAMPLE;
  });
  find("undo").addEventListener("click", () => {
    sheet.places = sheet.places.slice(0, -1);
  });
  find("clear").addEventListener("click", () => {
    sheet.places = [];
  });
  sheet.places = EXAMPLE;
}
