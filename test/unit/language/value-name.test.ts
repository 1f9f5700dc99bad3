import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isIdentifier, toId, uniqueId } from '../../../src/language/identifier.ts';
import {
  baseName,
  joinPath,
  parameterPath,
  parentPath,
  parsePath,
  parseValueName,
  printPath,
  printValueName,
  type ValueName,
} from '../../../src/language/value-name.ts';

const id = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/).filter(isIdentifier);
const segment = fc.record({ id, time: fc.option(fc.nat(999), { nil: undefined }) });
const node = fc
  .array(segment, { minLength: 1, maxLength: 4 })
  .map((parts) =>
    printPath(parts.map((part) => (part.time === undefined ? { id: part.id } : { id: part.id, time: part.time }))),
  );
const valueName: fc.Arbitrary<ValueName> = fc.oneof(
  fc.record({ form: fc.constantFrom('value', 'grad', 'update', 'next'), node, port: id }),
  fc.record({ form: fc.constant('slot' as const), node, port: id, slot: id }),
);

function parsed(text: string): ValueName {
  const result = parseValueName(text);
  if (!result.ok) throw new Error(result.diagnostic.message);
  return result.value;
}

function fault(text: string): string {
  const result = parseValueName(text);
  return result.ok ? 'none' : `${result.column}: ${result.diagnostic.message}`;
}

describe('value names', () => {
  test('parse every form of the design', () => {
    expect(parsed('conv1.weight')).toEqual({ form: 'value', node: 'conv1', port: 'weight' });
    expect(parsed('rnn[3]/cell.h')).toEqual({ form: 'value', node: 'rnn[3]/cell', port: 'h' });
    expect(parsed('grad(block1/conv1.y)')).toEqual({ form: 'grad', node: 'block1/conv1', port: 'y' });
    expect(parsed('update(fc.bias)')).toEqual({ form: 'update', node: 'fc', port: 'bias' });
    expect(parsed('next(bn.running_mean)')).toEqual({ form: 'next', node: 'bn', port: 'running_mean' });
    expect(parsed('slot(fc.weight,momentum)')).toEqual({ form: 'slot', node: 'fc', port: 'weight', slot: 'momentum' });
  });

  test('printing what was parsed gives the canonical spelling', () => {
    expect(printValueName(parsed('  slot( fc.weight ,momentum ) '))).toBe('slot(fc.weight, momentum)');
  });

  test('parse(print(name)) is the name', () => {
    fc.assert(
      fc.property(valueName, (name) => {
        expect(parsed(printValueName(name))).toEqual(name);
      }),
    );
  });

  test('any text is parsed or refused, never thrown upon', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseValueName(text).ok === 'boolean'));
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab.[]()/,0 gradslot') }), (text) => {
        const result = parseValueName(text);
        if (result.ok) expect(parsed(printValueName(result.value))).toEqual(result.value);
        else expect(result.column).toBeLessThanOrEqual(text.length + 1);
      }),
    );
  });

  test('a bare node is its port y only where that is asked for', () => {
    expect(parseValueName('q', { defaultPort: 'y' })).toMatchObject({ ok: true, value: { node: 'q', port: 'y' } });
    expect(parseValueName('grad(q)', { defaultPort: 'y' })).toMatchObject({
      ok: true,
      value: { form: 'grad', port: 'y' },
    });
    expect(fault('q')).toBe('2: `q`, column 2: expected `.` and a port');
  });

  test.each([
    ['', '1: ``, column 1: expected a node'],
    ['conv1.', '7: `conv1.`, column 7: expected a port'],
    ['1conv.y', '1: `1conv.y`, column 1: `1conv` may hold only letters, digits and _, and may not begin with a digit'],
    ['rnn[x]/cell.h', '5: `rnn[x]/cell.h`, column 5: expected a time step (0, 1, 2 …)'],
    ['rnn[03]/cell.h', '5: `rnn[03]/cell.h`, column 5: expected a time step (0, 1, 2 …)'],
    ['norm(a.y)', '1: `norm(a.y)`, column 1: there is no `norm(…)`, only grad, update, slot and next'],
    ['grad(a.y', '9: `grad(a.y`, column 9: expected `)` to close `grad(`'],
    ['slot(a.y)', '9: `slot(a.y)`, column 9: expected `,` and the name of the slot'],
    ['a.y + 1', '5: `a.y + 1`, column 5: unexpected `+ 1`'],
    ['__proto__.y', '1: `__proto__.y`, column 1: `__proto__` is reserved'],
    ['in.x', "1: `in.x`, column 1: `in` is reserved for a block's own inputs and outputs"],
  ])('%j says where it breaks', (text, expected) => {
    expect(fault(text)).toBe(expected);
  });
});

describe('paths', () => {
  test('are taken apart and joined', () => {
    expect(parsePath('rnn[3]/cell')).toEqual([{ id: 'rnn', time: 3 }, { id: 'cell' }]);
    expect(parsePath('a//b')).toBeNull();
    expect([parentPath('a/b/c'), parentPath('a'), baseName('a/b')]).toEqual(['a/b', '', 'b']);
    expect([joinPath('', 'a'), joinPath('a', 'b', '')]).toEqual(['a', 'a/b']);
    expect(parameterPath('outer[12]/rnn[3]/cell')).toBe('outer/rnn/cell');
  });
});

describe('identifiers', () => {
  test.each([
    ['layer1.0.conv', 'layer1_0_conv'],
    ['conv1', 'conv1'],
    ['3×3 Faltung (größe)', '_3_3_Faltung_gro_e'],
    ['/model/Gemm_output', 'model_Gemm_output'],
    ['输入', 'node'],
    ['constructor', 'constructor_'],
    ['in', 'in_'],
    ['café', 'cafe'],
    ['', 'node'],
  ])('%j becomes %j', (title, expected) => {
    expect(toId(title)).toBe(expected);
  });

  test('every text becomes an id, and ids stay', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary', maxLength: 300 }),
          fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype)),
        ),
        (title) => {
          const made = toId(title);
          expect(isIdentifier(made)).toBe(true);
          expect(toId(made)).toBe(made);
        },
      ),
    );
  });

  test('the next free number is found', () => {
    const taken = new Set(['conv1', 'conv2', 'x']);
    expect(uniqueId('conv1', (name) => taken.has(name))).toBe('conv3');
    expect(uniqueId('x', (name) => taken.has(name))).toBe('x2');
    expect(uniqueId('y', (name) => taken.has(name))).toBe('y');
  });
});
