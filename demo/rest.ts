// The sections that nobody sees at first: loaded when the first ones stand.
import { createLab, type Lab as OldLab } from "./lab.js";
import { mount as mountDraw } from "./sections/draw.js";
import { mount as mountPicture } from "./sections/picture.js";
import type { mount as mountRandom } from "./sections/random.js";
import { mount as mountScaling } from "./sections/scaling.js";
import { mount as mountTrain } from "./sections/train.js";
import { mount as mountWhy } from "./sections/why.js";
import type { Story } from "./story.js";

const others: Record<string, (host: HTMLElement, lab: OldLab) => void | Promise<void>> = {
  picture: mountPicture,
  train: mountTrain,
  draw: mountDraw,
  scaling: mountScaling,
};

export async function mountRest(story: Story, duel: Awaited<ReturnType<typeof mountRandom>>): Promise<void> {
  mountWhy(document.getElementById("why")!, story, duel);
  const lab = createLab();
  for (const [id, mount] of Object.entries(others)) void mount(document.getElementById(id)!, lab);
}
