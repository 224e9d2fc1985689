// The page: seven sections of one story. The first two are there at once; the rest comes when they stand.
import { readEmbedding } from "./address.js";
import { startLab } from "./link.js";
import { mount as mountRandom } from "./sections/random.js";
import { mount as mountTrouble } from "./sections/trouble.js";
import { ModelStore, PlaneStore, ran, type Story } from "./story.js";
import { Theme } from "./theme.js";

const section = (id: string) => document.getElementById(id)!;

function embed(): void {
  const { only, controls } = readEmbedding(location.search);
  document.documentElement.classList.toggle("embedded", only !== null && document.getElementById(only) !== null);
  if (only) document.getElementById(only)?.classList.add("only");
  document.documentElement.classList.toggle("uncontrolled", !controls);
}

async function begin(): Promise<void> {
  embed();
  const api = await startLab("lab");
  const story: Story = { api, theme: new Theme(), plane: new PlaneStore(), ran, model: new ModelStore() };
  const [, duel] = await Promise.all([mountTrouble(section("trouble"), story), mountRandom(section("random"), story)]);
  document.documentElement.dataset.ready = "first";
  const { mountRest } = await import("./rest.js");
  await mountRest(story, duel);
  document.documentElement.dataset.ready = "all";
}

/** A browser may put a page to sleep that nobody looks at. */
function tellOfSleep(): void {
  const place = document.getElementById("trouble-shooting")!;
  document.addEventListener("resume", () => {
    place.textContent =
      "The browser had put this page to sleep. A run that was under way has gone on from where it was.";
  });
}

tellOfSleep();
begin().catch((error: Error) => {
  document.getElementById("trouble-shooting")!.textContent = error.message;
});
