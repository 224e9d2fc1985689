// The page's worker: everything that computes. Whoever starts one gets these classes behind promises.
import { expose } from "comlink";
import { CurveLab } from "./curve-lab.js";
import { DigitsLab } from "./digits-lab.js";
import { DoubtLab } from "./doubt-lab.js";
import { PlaneLab } from "./plane-lab.js";
import { RACE } from "./race-entrants.js";
import { takePart } from "./race-worker.js";

const api = {
  PlaneLab,
  DigitsLab,
  DoubtLab,
  CurveLab,
  /** Answers as soon as there is somebody who can. */
  ready: () => true,
};

export type LabApi = typeof api;

// One program for all: the library would be in each.
if (self.name === RACE) takePart();
else expose(api);
