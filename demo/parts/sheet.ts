// The sheet to draw on: by pointer (mouse, finger, pen) or by keys. It knows strokes and nothing of networks.
import type { Stroke } from "../drawing.js";
import type { Theme } from "../theme.js";

/** One press of an arrow key, as a fraction of the sheet. */
const KEY_STEP = 0.04;
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Fires "change" whenever there is another drawing. */
export class Sheet extends EventTarget {
  #strokes: number[][] = [];
  /** The strokes were shown, not drawn: who begins to draw begins on an empty sheet. */
  #shown = false;
  /** Where keys have moved the pen to, and whether it is on the paper. */
  readonly #pen = { x: 0.5, y: 0.3, down: false };
  #pointer: number | null = null;
  readonly #canvas: HTMLCanvasElement;
  readonly #theme: Theme;

  constructor(canvas: HTMLCanvasElement, theme: Theme) {
    super();
    this.#canvas = canvas;
    this.#theme = theme;
    canvas.addEventListener("pointerdown", (event) => this.#press(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => this.#lift());
    canvas.addEventListener("keydown", (event) => this.#key(event));
    for (const change of ["focus", "blur"]) canvas.addEventListener(change, () => this.#paint());
    theme.addEventListener("themechange", () => this.#paint());
    new ResizeObserver(() => this.#paint()).observe(canvas);
  }

  get strokes(): readonly Stroke[] {
    return this.#strokes;
  }

  /** Puts strokes on the sheet in place of what is there. */
  show(strokes: readonly Stroke[]): void {
    this.#strokes = strokes.map((stroke) => [...stroke]);
    this.#shown = true;
    this.#pen.down = false;
    this.#changed();
  }

  clear(): void {
    this.show([]);
  }

  #begin(x: number, y: number): void {
    if (this.#shown) this.#strokes = [];
    this.#shown = false;
    this.#strokes.push([x, y]);
    this.#changed();
  }

  #extend(x: number, y: number): void {
    this.#strokes[this.#strokes.length - 1].push(x, y);
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0 || this.#pointer !== null) return;
    this.#pointer = event.pointerId;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#pen.down = false;
    this.#begin(...this.#at(event));
  }

  #move(event: PointerEvent): void {
    if (event.pointerId !== this.#pointer) return;
    // A frame may hold several moves: all of them, or quick curves get corners.
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length > 0 ? moves : [event]) this.#extend(...this.#at(move));
    this.#changed();
  }

  #lift(): void {
    this.#pointer = null;
  }

  #at({ clientX, clientY }: PointerEvent): [number, number] {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height];
  }

  #key(event: KeyboardEvent): void {
    const arrow = ARROWS[event.key];
    const pen = this.#pen;
    if (arrow) {
      pen.x = Math.min(1, Math.max(0, pen.x + arrow[0] * KEY_STEP));
      pen.y = Math.min(1, Math.max(0, pen.y + arrow[1] * KEY_STEP));
      if (pen.down) this.#extend(pen.x, pen.y);
    } else if (event.key === " ") {
      pen.down = !pen.down;
      if (pen.down) this.#begin(pen.x, pen.y);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.clear();
    } else return;
    event.preventDefault();
    if (pen.down) this.#changed();
    else this.#paint();
  }

  #changed(): void {
    this.#paint();
    this.dispatchEvent(new Event("change"));
  }

  #paint(): void {
    const canvas = this.#canvas;
    const side = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const pencil = canvas.getContext("2d")!;
    pencil.clearRect(0, 0, side, side);
    pencil.lineCap = pencil.lineJoin = "round";
    pencil.strokeStyle = this.#theme.color("--text");
    pencil.lineWidth = 0.07 * side;
    for (const stroke of this.#strokes) {
      pencil.beginPath();
      pencil.moveTo(stroke[0] * side, stroke[1] * side);
      for (let i = 0; i < stroke.length; i += 2) pencil.lineTo(stroke[i] * side, stroke[i + 1] * side);
      pencil.stroke();
    }
    if (canvas.matches(":focus-visible")) this.#paintPen(pencil, side);
  }

  /** A ring where keys would draw, filled while they do. */
  #paintPen(pencil: CanvasRenderingContext2D, side: number): void {
    const { x, y, down } = this.#pen;
    pencil.beginPath();
    pencil.arc(x * side, y * side, 0.035 * side, 0, 2 * Math.PI);
    pencil.strokeStyle = pencil.fillStyle = this.#theme.color("--without");
    pencil.lineWidth = 2 * devicePixelRatio;
    if (down) pencil.fill();
    pencil.stroke();
  }
}
