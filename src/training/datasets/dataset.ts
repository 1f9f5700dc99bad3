// What a data set is: named fields, three splits, and a way to write chosen examples into arrays that the caller owns.
// One declaration a data set; registry.ts lists them. Files are recognised and opened in open-files.ts.
import type { z } from 'zod';
import type { Diagnostic } from '../../tensor/diagnostic.ts';
import type { DType } from '../../tensor/dtype.ts';
import type { Shape } from '../../tensor/shape.ts';

export type SplitName = 'train' | 'validation' | 'test';

export const splitNames: readonly SplitName[] = ['train', 'validation', 'test'];

/** One named quantity of an example. */
export interface DataField {
  readonly dtype: DType;
  /** Of one example, without the batch dimension. */
  readonly shape: Shape;
  /** Where the batch dimension stands in a batch: 0, or 1 for sequences (time first). */
  readonly batchAxis: 0 | 1;
  /** What a loss compares with (`target`) or what a network sees (`input`). */
  readonly role: 'input' | 'target';
  /** Values are the integers 0 … classes − 1. */
  readonly classes?: number;
  readonly classNames?: readonly string[];
}

export type DataFields = Readonly<Record<string, DataField>>;

/** Examples of one kind. Example `index` is always the same, whatever was read before. */
export interface Split {
  /** Number of examples; of an endless split, the length of an epoch. */
  readonly count: number;
  /** Any index from 0 to 2^31 − 1 may be read. */
  readonly endless: boolean;
  /**
   * Writes the examples `indices[from]` … `indices[from + count − 1]` as one batch to the start of `out`: `count` examples
   * one after the other, or interleaved when the field's batch axis is 1. Allocates nothing that outlives the call.
   */
  fill(field: string, indices: Int32Array, from: number, count: number, out: Float32Array | Int32Array): void;
}

export interface Dataset {
  readonly id: string;
  readonly title: string;
  readonly fields: DataFields;
  /** A split that the data set does not have holds 0 examples. */
  readonly splits: Readonly<Record<SplitName, Split>>;
}

/** A file that a person chose or a folder held. */
export interface DataFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface DatasetOpening {
  /** null when there is an error among the diagnostics. */
  readonly dataset: Dataset | null;
  readonly diagnostics: readonly Diagnostic[];
}

interface DatasetDescription {
  readonly id: string;
  readonly title: string;
  /** One or two sentences for the picker. */
  readonly summary: string;
  /** Under the default options; an opened data set tells its own. */
  readonly fields: DataFields;
}

/** Made by code, no download. `Options` is what the schema yields. */
export interface BuiltInDataset<Options> extends DatasetDescription {
  readonly kind: 'built-in';
  readonly options: z.ZodType<Options>;
  /** True when every split goes on for ever: shuffling then means going on, not starting over. */
  readonly endless: boolean;
  open(options: Options, seed: number): Dataset;
}

/** Read from files that the user has. */
export interface FileDataset<Options> extends DatasetDescription {
  readonly kind: 'files';
  readonly options: z.ZodType<Options>;
  /** What to look for, for people: `train-images-idx3-ubyte(.gz)`. */
  readonly expects: readonly string[];
  /** True when an (unpacked) file can belong to this data set, judged by content and name. */
  recognise(file: DataFile): boolean;
  /** What the path must say before this data set is chosen unasked, where content does not tell it from another. */
  readonly onlyIn?: RegExp;
  /** `files` are the recognised ones. */
  open(files: readonly DataFile[], options: Options): DatasetOpening;
}

/** Keeps the option type of one declaration checked while the registry holds all of them. */
export function defineBuiltIn<Options>(declaration: BuiltInDataset<Options>): BuiltInDataset<Options> {
  return declaration;
}

/** Keeps the type of the options; what comes out is the same record. */
export function defineFileDataset<Options>(declaration: FileDataset<Options>): FileDataset<Options> {
  return declaration;
}

/** The shape of a batch of `count` examples. */
export function batchShape(field: DataField, count: number | 'N'): (number | 'N')[] {
  const shape: (number | 'N')[] = [...field.shape];
  shape.splice(field.batchAxis, 0, count);
  return shape;
}

/** A split without examples. */
export const emptySplit: Split = { count: 0, endless: false, fill() {} };

/** Labels of a class field: `classes` of them, called `classNames`. */
export function labelField(classNames: readonly string[]): DataField {
  return { dtype: 'int32', shape: [], batchAxis: 0, role: 'target', classes: classNames.length, classNames };
}
