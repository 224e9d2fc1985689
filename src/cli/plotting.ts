// What draws the reports: as much of the plotting library as they use, which is loaded when one is drawn.

export { areaY, dot, frame, line, link, plot, ruleX, ruleY, text } from "@observablehq/plot";
export { parseHTML } from "linkedom";
