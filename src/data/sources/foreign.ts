// Files that are no text, by what they begin with: refused by the name of what they are.
import { badData } from "../error.js";

const CSV = "save the table as CSV";

/** First bytes, as Latin-1; what that is; what to do. */
const FORMATS: [string, string, string][] = [
  ["PK\x03\x04", "a zip file", "unpack it; a workbook of a spreadsheet (.xlsx, .ods) is one: save its sheet as CSV"],
  ["PK\x05\x06", "an empty zip file", "give the table itself"],
  ["\xd0\xcf\x11\xe0", "a workbook of an old spreadsheet (.xls)", "save its sheet as CSV"],
  ["\x93NUMPY", "an array of NumPy (.npy)", "write it with numpy.savetxt(file, array, delimiter=',')"],
  ["\x89HDF", "an HDF5 file", CSV],
  ["ARROW1", "an Arrow or Feather file", "write it as Parquet or CSV"],
  ["FEA1", "a Feather file", "write it as Parquet or CSV"],
  ["SQLite format 3", "a SQLite database", "export the table as CSV"],
  ["Obj\x01", "an Avro file", CSV],
  ["ORC", "an ORC file", "write it as Parquet or CSV"],
  ["BZh", "a bzip2 file", "unpack it with bunzip2"],
  ["\xfd7zXZ", "an xz file", "unpack it with unxz"],
  ["\x28\xb5\x2f\xfd", "a Zstandard file", "unpack it with unzstd"],
  ["7z\xbc\xaf", "a 7z file", "unpack it"],
  ["Rar!", "a rar file", "unpack it"],
  ["%PDF", "a PDF", CSV],
  ["\x89PNG", "an image", CSV],
  ["\xff\xd8\xff", "an image", CSV],
  ["MATLAB 5.0", "a file of MATLAB", CSV],
  ["RDX", "a file of R", "write it with write.csv"],
  ["$FL2", "a file of SPSS", CSV],
  ["\x80\x04\x95", "a Python pickle", "write the table as CSV: a pickle is a program, and is never run here"],
  ["\x00\x00\x08", "an IDX file", "give the directory that holds MNIST's files"],
];

/**
 * @param expected what is read
 * @throws DataError where a file that begins so is of a format that is known, and not read
 */
export function refuseForeign(name: string, head: Uint8Array, expected = "text or Parquet"): void {
  const text = String.fromCharCode(...head.subarray(0, 16));
  const found = FORMATS.find(([begin]) => text.startsWith(begin));
  if (!found) return;
  const workbook = found[0] === "PK\x03\x04" && isWorkbook(head);
  const [got, remedy] = workbook
    ? ["a workbook of a spreadsheet (.xlsx, .ods)", "save its sheet as CSV"]
    : found.slice(1);
  badData(name, expected, got, remedy);
}

/** Its first entry tells, most of the time. */
function isWorkbook(head: Uint8Array): boolean {
  const name = String.fromCharCode(...head.subarray(30, 60));
  return /^(\[Content_Types\]|xl\/|_rels\/|docProps\/|mimetypeapplication\/vnd\.oasis)/.test(name);
}
