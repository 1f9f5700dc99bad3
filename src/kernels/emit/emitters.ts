// Which emitter makes which kernel; the only table over kernel ops. `view` has no code.
import type { KernelOp, KernelSpec } from '../../program/kernel-spec.ts';
import { assemble } from './assemble.ts';
import { conv2d } from './conv2d.ts';
import { elementwise } from './elementwise.ts';
import type { KernelEmitter } from './emitter.ts';
import { gemm } from './gemm.ts';
import { reduce } from './reduce.ts';

export type EmittedOp = Exclude<KernelOp, 'view'>;

export type EmitterTable = { readonly [O in EmittedOp]: KernelEmitter<Extract<KernelSpec, { op: O }>> };

export const emitters: Partial<EmitterTable> = { assemble, conv2d, elementwise, gemm, reduce };
