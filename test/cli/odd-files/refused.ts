// Files that are no table, by what they begin with, and what they are called.
const latin1 = (text: string) => Buffer.from(text, "latin1");
const zip = (entry: string) => latin1(`PK\x03\x04${"\0".repeat(26)}${entry}`);

export const REFUSED: [string, Uint8Array, RegExp][] = [
  ["zip", zip("data.csv"), /a zip file; unpack it/],
  ["npz", zip("arr_0.npy"), /a zip file/],
  ["xlsx", zip("[Content_Types].xml"), /a workbook of a spreadsheet \(\.xlsx, \.ods\)/],
  ["xls", latin1("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), /a workbook of an old spreadsheet \(\.xls\)/],
  ["npy", latin1("\x93NUMPY\x01\0"), /an array of NumPy \(\.npy\)/],
  ["Arrow", latin1("ARROW1\0\0"), /an Arrow or Feather file/],
  ["Feather", latin1("FEA1\0\0\0\0"), /a Feather file/],
  ["ORC", latin1("ORC\x11\0\0"), /an ORC file/],
  ["Avro", latin1("Obj\x01\0\0"), /an Avro file/],
  ["SQLite", latin1("SQLite format 3\0"), /a SQLite database/],
  ["HDF5", latin1("\x89HDF\r\n\x1a\n"), /an HDF5 file/],
  ["pickle", latin1("\x80\x04\x95\0\0"), /a Python pickle/],
  ["MATLAB", latin1("MATLAB 5.0 MAT-file"), /a file of MATLAB/],
  ["R", latin1("RDX3\n"), /a file of R/],
  ["SPSS", latin1("$FL2@(#)"), /a file of SPSS/],
  ["PDF", latin1("%PDF-1.7\n"), /a PDF/],
  ["PNG", latin1("\x89PNG\r\n\x1a\n"), /an image/],
  ["JPEG", latin1("\xff\xd8\xff\xe0"), /an image/],
  ["IDX", latin1("\0\0\x08\x03"), /an IDX file/],
  ["bzip2", latin1("BZh91AY"), /a bzip2 file/],
  ["xz", latin1("\xfd7zXZ\0"), /an xz file/],
  ["Zstandard", latin1("\x28\xb5\x2f\xfd"), /a Zstandard file/],
  ["7z", latin1("7z\xbc\xaf\x27\x1c"), /a 7z file/],
  ["rar", latin1("Rar!\x1a\x07"), /a rar file/],
  ["JSON", latin1('[{"a": 1}, {"a": 2}]'), /JSON/],
  ["lines of JSON", latin1('{"a": 1, "b": 2}\n{"a": 2, "b": 3}\n'), /JSON/],
  ["HTML", latin1("<!DOCTYPE html>\n<p>a,b</p>\n"), /a page of HTML or XML/],
  ["ARFF", latin1("@relation x\n@attribute a numeric\n@data\n1\n"), /ARFF/],
];
