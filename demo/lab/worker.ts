// The page's worker: everything that computes. Whoever starts one gets these classes behind promises.
import { expose } from "comlink";
import { PlaneLab } from "./plane-lab.js";

const api = {
  PlaneLab,
  /** Answers as soon as there is somebody who can. */
  ready: () => true,
};

export type LabApi = typeof api;

expose(api);
