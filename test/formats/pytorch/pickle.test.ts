// The machine that reads pickles, fed by hand: what it builds, and how it refuses.
import { describe, expect, test } from "vitest";
import { PyTorchError } from "../../../src/formats/pytorch/error.js";
import { unpickle } from "../../../src/formats/pytorch/pickle.js";
import { STATE_DICT_NAMES, StoredTensor } from "../../../src/formats/pytorch/rebuild.js";

const read = (...parts: (string | number[])[]) => {
  const bytes = parts.flatMap((part) => (typeof part === "string" ? [...Buffer.from(part, "latin1")] : part));
  return unpickle(Uint8Array.from(bytes), STATE_DICT_NAMES);
};

describe("values, as python3 -m pickletools shows them", () => {
  // pickle.dumps(value, protocol) of Python 3.11, between its PROTO and its end.
  test.each<[string, string, unknown]>([
    ["None", "\x80\x02N.", null],
    ["True", "\x80\x02\x88.", true],
    ["-70000", "\x80\x02J\x90\xee\xfe\xff.", -70000],
    ["255", "\x80\x02K\xff.", 255],
    ["65535", "\x80\x02M\xff\xff.", 65535],
    ["2**40", "\x80\x02\x8a\x06\x00\x00\x00\x00\x00\x01.", 2 ** 40],
    ["-(2**40)", "\x80\x02\x8a\x06\x00\x00\x00\x00\x00\xff.", -(2 ** 40)],
    ["0.25", "\x80\x02G?\xd0\x00\x00\x00\x00\x00\x00.", 0.25],
    ["é, protocol 2", "\x80\x02X\x02\x00\x00\x00\xc3\xa9q\x00.", "é"],
    ["é, protocol 4", "\x80\x04\x95\x06\x00\x00\x00\x00\x00\x00\x00\x8c\x02\xc3\xa9\x94.", "é"],
    ["()", "\x80\x02).", []],
    ["(1,)", "\x80\x02K\x01\x85q\x00.", [1]],
    ["(1, 2)", "\x80\x02K\x01K\x02\x86q\x00.", [1, 2]],
    ["(1, 2, 3)", "\x80\x02K\x01K\x02K\x03\x87q\x00.", [1, 2, 3]],
    ["(1, 2, 3, 4)", "\x80\x02(K\x01K\x02K\x03K\x04tq\x00.", [1, 2, 3, 4]],
    ["[1]", "\x80\x02]q\x00K\x01a.", [1]],
    ["[1, [2, 3]]", "\x80\x02]q\x00(K\x01]q\x01(K\x02K\x03ee.", [1, [2, 3]]],
    ["{'a': 1}", "\x80\x02}q\x00X\x01\x00\x00\x00aq\x01K\x01s.", new Map([["a", 1]])],
    [
      "{1: 2, 3: 4}",
      "\x80\x02}q\x00(K\x01K\x02K\x03K\x04u.",
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
    ["[x, x] for a list x", "\x80\x02]q\x00(]q\x01h\x01e.", [[], []]],
    ["OrderedDict", "\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01.", new Map()],
    ["OrderedDict, protocol 4", "\x80\x04\x8c\x0bcollections\x94\x8c\x0bOrderedDict\x94\x93\x94)R\x94.", new Map()],
    ["a mark that is dropped", "\x80\x02K\x01(K\x02K\x031.", 1],
  ])("%s", (_, pickle, value) => expect(read(pickle)).toEqual(value));

  test("a list that holds itself ends", () => {
    const list = read("\x80\x02]q\x00h\x00a.") as unknown[];
    expect(list[0]).toBe(list);
  });

  test("a tensor, with the storage that it lies in", () => {
    const storage = "(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x06tQ";
    const tensor = read(
      `\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(${storage}K\x02K\x02K\x02\x86K\x02K\x01\x86\x89ccollections\nOrderedDict\n)RtR.`,
    );
    expect(tensor).toBeInstanceOf(StoredTensor);
    expect(tensor).toEqual({
      storage: { key: "0", dtype: "F32", length: 6 },
      offset: 2,
      shape: [2, 2],
      strides: [2, 1],
    });
  });
});

describe("what it refuses", () => {
  const storage = "(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000NK\x06tQ";
  const tensor = (rest: string) => `\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(${storage}${rest}tR.`;
  test.each<[string, string, RegExp]>([
    ["nothing", "", /^damaged pickle: it ends too early$/],
    ["an end before a value", "\x80\x02.", /takes a value where there is none/],
    ["no end", "\x80\x02N", /ends too early/],
    ["a text cut off", "\x80\x02X\x09\x00\x00\x00abc", /ends too early/],
    ["a text of 4 GB", "\x80\x02X\xff\xff\xff\xffabc", /ends too early/],
    ["a text of 2^63 bytes", "\x80\x04\x8d\x00\x00\x00\x00\x00\x00\x00\x80a", /ends too early/],
    ["half a letter", "\x80\x02X\x01\x00\x00\x00\xc3.", /text that is not UTF-8/],
    ["protocol 0", "\x80\x00N.", /protocol is 0, not 2 to 5/],
    ["a protocol of the future", "\x80\x06N.", /protocol is 6/],
    ["a whole number of 300 bytes", `\x80\x02\x8b\x2c\x01\x00\x00${"\x01".repeat(300)}.`, /beyond 2\^53/],
    [
      "os.system",
      "\x80\x02cos\nsystem\nX\x02\x00\x00\x00ls\x85R.",
      /^the file names "os.system", which no state dict needs/,
    ],
    ["eval", "\x80\x04\x8c\x08builtins\x8c\x04eval\x93.", /names "builtins.eval"/],
    ["a name that continues", "\x80\x02ctorch\nFloatStorage.__init__\nN.", /names "torch.FloatStorage.__init__"/],
    [
      "a module",
      "\x80\x02c__main__\nNet\n)\x81.",
      /holds a whole module.*"__main__.Net".*torch.save\(model.state_dict\(\), path\)/,
    ],
    ["Object's own", "\x80\x02ctorch\nconstructor\n.", /names "torch.constructor"/],
    ["an instruction to make an instance", "\x80\x02ccollections\nOrderedDict\n)\x81.", /instruction 0x81 at byte 28/],
    ["a name without its end", "\x80\x02ccollections\nOrdered", /ends within a name/],
    ["a call of a text", "\x80\x02X\x01\x00\x00\x00a)R.", /calls what is no function/],
    ["a call of a storage", "\x80\x02ctorch\nFloatStorage\n)R.", /calls what is no function/],
    ["a call with no tuple", "\x80\x02ccollections\nOrderedDict\nNR.", /calls with what is no tuple/],
    ["pairs that are none", "\x80\x02ccollections\nOrderedDict\nK\x01\x85\x85R.", /of what are no pairs/],
    ["a mark that is not there", "\x80\x02t.", /returns to a mark that it did not set/],
    ["a value from below a mark", "\x80\x02K\x01(\x85.", /takes a value where there is none/],
    ["a memory that is empty", "\x80\x02h\x07.", /recalls 7, which it did not remember/],
    ["an item of a number", "\x80\x02K\x01K\x02K\x03s.", /sets items of what is no dictionary/],
    ["a key without a value", "\x80\x02}(K\x01u.", /a key without a value/],
    ["a list as a key", "\x80\x02}]K\x01s.", /the key \[\], neither a text nor a number/],
    ["appending to a number", "\x80\x02K\x01K\x02a.", /appends to what is no list/],
    ["attributes of a list", "\x80\x02]}b.", /sets attributes of what is no dictionary/],
    ["a storage that is a number", "\x80\x02K\x01Q.", /storage that is not described/],
    ["a storage of text", "\x80\x02(X\x07\x00\x00\x00storageX\x01\x00\x00\x00aNNNtQ.", /storage that is described as/],
    [
      "a tensor without a storage",
      "\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(NK\x00))\x89NtR.",
      /has a tensor at 0 of the shape/,
    ],
    ["a tensor without strides", tensor("K\x00K\x02\x85)"), /\[2\] with the strides \[\]/],
    [
      "a tensor behind its storage",
      tensor("K\x01K\x06\x85K\x01\x85"),
      /the shape \[6\] that reaches behind its storage of 6/,
    ],
    ["a stride too far", tensor("K\x00K\x02\x85K\x06\x85"), /reaches behind its storage/],
    ["a negative stride", tensor("K\x00K\x02\x85J\xff\xff\xff\xff\x85"), /the strides \[-1\]/],
    [
      "elements that are repeated",
      tensor("K\x00K\x07\x85K\x00\x85"),
      /the shape \[7\] repeats its elements; save a clone/,
    ],
    [
      "a product beyond all numbers",
      tensor(`K\x00(${"J\xff\xff\xff\x7f".repeat(40)}K\x00t(${"K\x00".repeat(41)}t`),
      /repeats its elements/,
    ],
    ["a parameter of a number", "\x80\x02ctorch._utils\n_rebuild_parameter\nK\x01\x85R.", /a parameter of no tensor/],
  ])("%s", (_, pickle, message) => {
    expect(() => read(pickle)).toThrow(PyTorchError);
    expect(() => read(pickle)).toThrow(message);
  });
});
