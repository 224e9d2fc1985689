// What kernels require of their callers. The `assert` build checks it, and runs all the kernels' tests as well. The
// other builds trust.
import { expect, test } from "vitest";
import { scratch } from "../support/core.js";

const space = scratch("assert", 64);
const { k } = space;
const at = space.bytes(1 << 20);
const lists = space.bytes(1 << 20);

type Call = (m: number, from: number, offset: number) => void;
const calls: [string, Call][] = [
  ["list_active", (m, from, offset) => k.list_active(lists, lists, at + offset, m, 64, at, from, 16)],
  ["list_kept", (m, from, offset) => k.list_kept(lists, lists, at + offset, m, 16, at, from, 16)],
  ["sddmm", (m, from, offset) => k.sddmm(lists, lists, lists, at, 16, at + offset, at, m, 16, 16, from, from, 4)],
  [
    "sddmm_paired",
    (m, from, offset) => k.sddmm_paired(lists, lists, lists, at, 16, at + offset, at, m, 16, 16, from, 0),
  ],
  ["dense_nt", (_, from, offset) => k.dense_nt(at, 16, at, 16, lists + offset, at, 4, 16, 16, from, 16, 4)],
  ["list_by_unit", (m, from, offset) => k.list_by_unit(lists, lists, 128, at + offset, m, 16, from, from)],
  ["list_by_block", (_, from, offset) => k.list_by_block(lists, lists, at + offset, 4, 16, 16, 16 + from, 0, 0)],
];

test.each(calls)("%s takes what it requires", (_, call) => {
  for (const m of [1, 127, 128]) call(m, 0, 0);
  call(128, 0, 64);
});

test.each(calls)("%s refuses a share that begins between two grains", (_, call) => {
  expect(() => call(4, 8, 0)).toThrow(WebAssembly.RuntimeError);
});

test.each(calls)("%s refuses a pointer between two vectors", (_, call) => {
  expect(() => call(4, 0, 4)).toThrow(WebAssembly.RuntimeError);
});

test.each(calls.filter(([name]) => !["dense_nt", "list_by_block"].includes(name)))(
  "%s refuses more samples than its lists have room for",
  (_, call) => {
    expect(() => call(129, 0, 0)).toThrow(WebAssembly.RuntimeError);
  },
);

test("updates go over whole vectors", () => {
  const refused: (() => void)[] = [
    () => k.sgd(at, lists, 6, 0.1, 0, 1),
    () => k.sgd_momentum(at, lists, lists, 6, 0.1, 0.9, 0, 0, 1),
    () => k.adam(at, lists, lists, lists, 6, 0.1, 0.9, 0.999, 1e-8, 0, 0, 0.1, 0.001, 1),
    () => k.scale_floats(at, lists, 6, 2),
    () => void k.sum_of_squares(at, 6),
  ];
  for (const call of refused) expect(call).toThrow(WebAssembly.RuntimeError);
});
