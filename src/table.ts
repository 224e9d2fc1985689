// thinned/table: text → numbers → answers. Pure functions, in Node and in a page.

export type { Answer, ClassAnswer, ValueAnswer, ValuesAnswer } from "./calls/answers.js";
export { decode } from "./calls/answers.js";
export type { BooleanCode } from "./cells/boolean.js";
export type { CategoryCode } from "./cells/category.js";
export type { DateCode, Part } from "./cells/date.js";
export type { Code, TableEncoding, Target, Task } from "./cells/encoding.js";
export type { NumberCode } from "./cells/number.js";
export type { Row } from "./cells/records.js";
// biome-ignore format: names, one line
export type { Column, ColumnKind, Columns, DateColumn, Dialect, NumberColumn, TextColumn, WordColumn } from "./data/columns.js";
export type { Choice } from "./data/encode/choose.js";
export { type Encoded, type EncodeOptions, encode } from "./data/encode/encode.js";
export { type ColumnReport, type FitOptions, type Fitted, fitEncoding } from "./data/encode/fit.js";
export { fromRecords } from "./data/encode/from-records.js";
export { DataError } from "./data/error.js";
export { type ReadOptions, readColumns as readTable } from "./data/sources/text/reader.js";
