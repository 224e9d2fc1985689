/** Numbers in [0, 1) by the formula that the scripts of test/fixtures/ have. */
export const numbers = (count: number, salt: number): number[] =>
  Array.from({ length: count }, (_, at) => {
    const i = at + 1;
    return ((i * 40503 + salt * 30011 + ((i * i) % 65521) * 17) % 65536) / 65536;
  });
