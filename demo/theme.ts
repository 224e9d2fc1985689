// Light or dark, forced colours, and whether the visitor wants things to move: as the system says.

/** Fires "themechange". */
export class Theme extends EventTarget {
  readonly #still = matchMedia("(prefers-reduced-motion: reduce)");
  #colors = new Map<string, string>();

  constructor() {
    super();
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      matchMedia(query).addEventListener("change", () => {
        this.#colors.clear();
        this.dispatchEvent(new Event("themechange"));
      });
    }
  }

  /** The value of a custom property of style.css, for what is drawn on a canvas: `color("--with")`. */
  color(property: `--${string}`): string {
    let color = this.#colors.get(property);
    if (color === undefined) {
      color = getComputedStyle(document.documentElement).getPropertyValue(property).trim();
      this.#colors.set(property, color);
    }
    return color;
  }

  /** The visitor asked for less motion; may change while the page is open. */
  get reducedMotion(): boolean {
    return this.#still.matches;
  }
}

/** A canvas as sharp as the screen, and cleared; null while it is not shown. Its units are CSS pixels. */
export function pencilOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (width === 0 || height === 0) return null;
  const dense = devicePixelRatio || 1;
  const [across, down] = [Math.round(width * dense), Math.round(height * dense)];
  if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
  const pencil = canvas.getContext("2d")!;
  pencil.setTransform(dense, 0, 0, dense, 0, 0);
  pencil.clearRect(0, 0, width, height);
  return pencil;
}
