// What an emitter of kernels promises. Every generated function has the parameters
//   (input byte addresses…, output byte addresses…, workspace byte address, from, to), all i32, and no result.
// [from, to) is the part of `extent(spec)` to compute; results never depend on how the extent is split, and parts that run
// at the same time get workspaces of their own. Buffers start at multiples of 64 bytes and are padded by 64: vector reads may
// run past a buffer's end by up to 64 bytes, writes never.
import type { KernelSpec } from '../../program/kernel-spec.ts';
import type { FunctionCode } from '../encoder/code.ts';

/** Registers of the GEMM tile: rows × columns, columns a multiple of 4. Any choice gives the same bits. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
}

export interface EmitOptions {
  /** Relaxed multiply-add validates here and numerics allow it. */
  readonly fma: boolean;
  readonly numerics: 'fast' | 'strict';
  readonly tile: Tile;
}

export interface KernelEmitter<S extends KernelSpec> {
  emit(spec: S, options: EmitOptions): FunctionCode;
  /** Bytes of scratch memory that the function may overwrite; 0 for none. */
  workspaceBytes(spec: S): number;
  /** Length of the axis of the output along which work may be split: rows, planes or blocks. */
  extent(spec: S): number;
}
