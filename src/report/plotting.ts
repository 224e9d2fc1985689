// What draws the reports: loaded where something is drawn, and no part of what other commands load.

export type Plotting = Awaited<ReturnType<typeof plotting>>;

export async function plotting() {
  const { parseHTML, ...Plot } = await import("./libraries.js");
  return { Plot, document: parseHTML("<html></html>").document };
}
