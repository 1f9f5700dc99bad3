import { describe, expect, it } from 'vitest';
import { cifar10Kind, cifar100Kind, isCifar, readCifar } from '../../../src/formats/cifar/read-cifar.ts';

describe('readCifar', () => {
  it('finds labels and pixels of CIFAR-10 and the fine labels of CIFAR-100', () => {
    const ten = new Uint8Array(2 * 3073);
    ten[0] = 3;
    ten[3073] = 9;
    const batch = readCifar(ten, 'b', cifar10Kind).batch;
    expect([batch?.count, batch?.label(0), batch?.label(1), batch?.strideBytes]).toEqual([2, 3, 9, 3073]);
    const hundred = new Uint8Array(3074);
    hundred[0] = 19;
    hundred[1] = 99;
    expect(readCifar(hundred, 'b', cifar100Kind).batch?.label(0)).toBe(99);
    expect([isCifar(ten, cifar100Kind), isCifar(hundred, cifar10Kind)]).toEqual([false, false]);
  });

  it('says what is wrong with a file', () => {
    const problem = (bytes: Uint8Array) => readCifar(bytes, 'data_batch_1.bin', cifar10Kind).diagnostics[0]?.message;
    expect(problem(new Uint8Array(3 * 3073 + 12))).toBe(
      'data_batch_1.bin: a CIFAR-10 batch is a whole number of 3,073-byte records, this file holds 3 of them and 12 bytes more',
    );
    expect(problem(new Uint8Array(0))).toContain('holds 0 of them');
    expect(problem(new Uint8Array(3073).fill(10))).toBe(
      'data_batch_1.bin: record 0 has label 10, beyond the 10 classes: not a CIFAR-10 batch',
    );
  });
});
