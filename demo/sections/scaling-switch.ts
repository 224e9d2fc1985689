// Plain, inverted and folded as one switch on one network: the network with dropout of section 2.
import type { Remote } from "comlink";
import type { PlaneLab } from "../lab/plane-lab.js";
import { oncePerFrame, write } from "../parts/controls.js";
import type { PlaneCourse } from "../plane-course.js";

/** Where the network is asked: amid the crescents. */
const AT: [number, number] = [0.05, -0.05];

const WAYS: Record<string, { what: string; code: string; train(p: number): number; test(p: number): number }> = {
  standard: {
    what: "Plain dropout only drops while it trains. Then units are stronger in testing, when all of them speak: testing makes them weaker.",
    code: "train:  h *= rand > p\ntest:   h *= 1 - p",
    train: () => 1,
    test: (p) => 1 - p,
  },
  inverted: {
    what: "Inverted dropout makes the units that are kept stronger while it trains. Testing, which has to be fast, has nothing to do.",
    code: "train:  h *= (rand > p) / (1 - p)\ntest:   pass",
    train: (p) => 1 / (1 - p),
    test: () => 1,
  },
  folded: {
    what: "Folded: plain while it trains; before testing, the factor is multiplied once into a copy of the weights that come next.",
    code: "train:  h *= rand > p\nonce:   W2_test = (1 - p) * W2",
    train: () => 1,
    test: () => 1,
  },
};

export function mountSwitch(host: HTMLElement, lab: Remote<PlaneLab>, course: PlaneCourse): void {
  const find = <E extends HTMLElement>(name: string) => host.querySelector<E>(`[data-${name}]`)!;
  const chosen = () => String(new FormData(find<HTMLFormElement>("switch")).get("scaling"));
  const show = async () => {
    const scaling = chosen();
    const way = WAYS[scaling];
    const trained = course.state === "resting" && course.frame;
    const { p } = course.settings;
    const all = trained ? await lab.scalings(AT) : [];
    // A later choice shows itself; the words and the numbers of one choice appear together.
    if (chosen() !== scaling) return;
    write(find("what"), way.what);
    write(find("code"), way.code);
    if (!trained) return;
    const { weight, whole, thinned } = all.find((view) => view.scaling === scaling)!;
    write(find("weight"), four(weight));
    write(find("train"), way.train(p).toFixed(2));
    write(find("test"), way.test(p).toFixed(2));
    write(find("thinned"), percent(thinned));
    write(find("whole"), percent(whole));
    const agree = new Set(all.flatMap((view) => [`${percent(view.whole)} ${percent(view.thinned)}`])).size === 1;
    const copy = scaling === "folded" ? ` The copy for testing holds ${four((1 - p) * weight)}.` : "";
    write(
      find("same"),
      `${agree ? "Both answers are the same under all three." : "The answers differ by what rounding leaves."}${copy}`,
    );
  };
  const look = oncePerFrame(() => void show().catch((error: Error) => write(find("same"), error.message)));
  find("switch").addEventListener("change", look);
  course.addEventListener("change", look);
  look();
}

function four(value: number): string {
  return value.toFixed(4).replace("-", "−");
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}
