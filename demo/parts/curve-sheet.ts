// The plane that points are placed on, by pointer or by keys, and the curve with its two bands. It knows nothing of
// networks.
import type { Curve, Place } from "../lab/curve-lab.js";
import { pencilOf, type Theme } from "../theme.js";
import { oncePerFrame } from "./controls.js";
import { CurvePicture, SIZE } from "./curve-picture.js";

const KEY_STEP = 0.25;
const ARROWS: Record<string, Place> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};
/** More are not needed, and would only take time. */
export const MOST_POINTS = 200;

/** Fires "change" when there are other points, and "point" when somebody looks at a place. */
export class CurveSheet extends EventTarget {
  #places: Place[] = [];
  #curve: Curve | null = null;
  /** Where keys have moved the cross to. */
  #cross: Place = [5, 5];
  readonly #canvas: HTMLCanvasElement;
  readonly #theme: Theme;
  readonly #paint = oncePerFrame(() => this.#draw());

  constructor(canvas: HTMLCanvasElement, theme: Theme) {
    super();
    [this.#canvas, this.#theme] = [canvas, theme];
    // Not pointerdown: a finger that scrolls the page places nothing.
    canvas.addEventListener("click", (event) => this.#place(this.#at(event)));
    canvas.addEventListener("pointermove", (event) => this.#look(this.#at(event), false));
    canvas.addEventListener("pointerleave", () => this.#look(null, false));
    canvas.addEventListener("keydown", (event) => this.#key(event));
    for (const change of ["focus", "blur"]) canvas.addEventListener(change, this.#paint);
    theme.addEventListener("themechange", this.#paint);
    new ResizeObserver(this.#paint).observe(canvas);
  }

  get places(): readonly Place[] {
    return this.#places;
  }

  /** Other points in place of those that are there. */
  set places(places: readonly Place[]) {
    this.#places = [...places];
    if (places.length === 0) this.#curve = null;
    this.#changed();
  }

  get curve(): Curve | null {
    return this.#curve;
  }

  set curve(curve: Curve | null) {
    this.#curve = curve;
    this.#paint();
  }

  #place(place: Place): void {
    if (this.#places.length < MOST_POINTS) this.places = [...this.#places, place];
  }

  #look(place: Place | null, byKeys: boolean): void {
    this.dispatchEvent(new CustomEvent("point", { detail: { place, byKeys } }));
  }

  #at({ clientX, clientY }: MouseEvent): Place {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return [(SIZE * (clientX - left)) / width, SIZE * (1 - (clientY - top) / height)];
  }

  #key(event: KeyboardEvent): void {
    const arrow = ARROWS[event.key];
    if (arrow) {
      const moved = (from: number, by: number) => Math.min(SIZE, Math.max(0, from + by * KEY_STEP));
      this.#cross = [moved(this.#cross[0], arrow[0]), moved(this.#cross[1], arrow[1])];
      this.#look(this.#cross, true);
    } else if (event.key === " " || event.key === "Enter") this.#place(this.#cross);
    else if (event.key === "Delete" || event.key === "Backspace") this.places = this.#places.slice(0, -1);
    else return;
    event.preventDefault();
    this.#paint();
  }

  #changed(): void {
    this.#paint();
    this.dispatchEvent(new Event("change"));
  }

  #draw(): void {
    const pencil = pencilOf(this.#canvas);
    if (!pencil) return;
    const { clientWidth, clientHeight } = this.#canvas;
    const picture = new CurvePicture(pencil, this.#theme, [clientWidth / SIZE, clientHeight / SIZE]);
    picture.grid();
    if (this.#curve) picture.curve(this.#curve);
    picture.places(this.#places);
    if (this.#canvas.matches(":focus-visible")) picture.cross(this.#cross);
  }
}
