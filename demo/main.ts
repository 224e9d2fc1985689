// The page: four sections that share one lab.
import { createLab, type Lab } from "./lab.js";
import { mount as mountDraw } from "./sections/draw.js";
import { mount as mountPicture } from "./sections/picture.js";
import { mount as mountScaling } from "./sections/scaling.js";
import { mount as mountTrain } from "./sections/train.js";

const sections: Record<string, (host: HTMLElement, lab: Lab) => void | Promise<void>> = {
  picture: mountPicture,
  train: mountTrain,
  draw: mountDraw,
  scaling: mountScaling,
};

const lab = createLab();
for (const [id, mount] of Object.entries(sections)) void mount(document.getElementById(id)!, lab);
