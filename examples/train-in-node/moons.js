// Two half circles that interlock: a small task that a straight line cannot solve. Put your own data here.

/**
 * `n` points of two classes, with rows in `x` and a class per row in `y`. `first` chooses other points of the same
 * kind.
 */
export function moons(n, first = 0) {
  const x = new Float32Array(2 * n);
  const y = new Array(n);
  for (let i = 0; i < n; i++) {
    const upper = i % 2 === 0;
    // Steps of the golden ratio fill an interval evenly, without a random generator.
    const angle = Math.PI * (((first + i) * 0.6180339887) % 1);
    const wobble = 0.9 * ((((first + i) * 0.7548776662) % 1) - 0.5);
    x[2 * i] = (upper ? Math.cos(angle) : 1 - Math.cos(angle)) + wobble;
    x[2 * i + 1] = (upper ? Math.sin(angle) : 0.5 - Math.sin(angle)) - wobble;
    y[i] = upper ? 0 : 1;
  }
  return { x, y };
}
