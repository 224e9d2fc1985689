// As much of other packages as reports are drawn with: named here, so that the rest of them is no part of the package.

export { areaY, dot, frame, line, link, plot, ruleX, ruleY, text } from "@observablehq/plot";
export { parseHTML } from "linkedom";
