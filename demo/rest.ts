// The sections that nobody sees at first: loaded when the first ones stand.
import { catchDrops } from "./drops.js";
import { mount as mountArithmetic } from "./sections/arithmetic.js";
import { mount as mountBuilders } from "./sections/builders.js";
import { mount as mountDigits } from "./sections/digits.js";
import { mount as mountDoubt } from "./sections/doubt.js";
import type { mount as mountRandom } from "./sections/random.js";
import { mountSwitch } from "./sections/scaling-switch.js";
import { mount as mountWhy } from "./sections/why.js";
import type { Story } from "./story.js";

const section = (id: string) => document.getElementById(id)!;

export async function mountRest(story: Story, duel: Awaited<ReturnType<typeof mountRandom>>): Promise<void> {
  mountWhy(section("why"), story, duel);
  mountArithmetic(section("arithmetic"), story);
  mountSwitch(section("arithmetic"), duel.lab, duel.course);
  mountBuilders(section("builders"), story);
  const [files] = await Promise.all([mountDigits(section("digits"), story), mountDoubt(section("doubt"), story)]);
  catchDrops(files);
}
