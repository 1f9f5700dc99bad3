// Hit counts, messages of log points, places, and completions.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completeCondition, type KnownNames } from '../../../src/language/complete-condition.ts';
import { parseCondition } from '../../../src/language/condition.ts';
import { parseHaltPlace } from '../../../src/language/halt-place.ts';
import { isDue, parseHitCount, printHitCount } from '../../../src/language/hit-count.ts';
import { parseLogMessage, printLogMessage } from '../../../src/language/log-message.ts';

describe('hit counts', () => {
  const due = (text: string) => {
    const count = parseHitCount(text);
    if (!count) throw new Error(text);
    return Array.from({ length: 8 }, (_, i) => i + 1).filter((hits) => isDue(count, hits));
  };
  test.each([
    ['>= 5', [5, 6, 7, 8]],
    ['5', [5, 6, 7, 8]],
    ['> 6', [7, 8]],
    ['== 3', [3]],
    ['=3', [3]],
    ['% 3', [3, 6]],
    ['< 3', [1, 2]],
    ['<= 2', [1, 2]],
  ])('%s stops at %j', (text, expected) => {
    expect(due(text)).toEqual(expected);
  });

  test.each(['', '>=', 'three', '% 0', '-1', '1.5', '== 12345678901', '3 4'])('%j is none', (text) => {
    expect(parseHitCount(text)).toBeUndefined();
  });

  test('what is printed reads as what it was', () => {
    for (const text of ['>= 10', '> 3', '== 7', '% 5', '< 2', '<= 4'])
      expect(printHitCount(parseHitCount(text) as NonNullable<ReturnType<typeof parseHitCount>>)).toBe(text);
  });
});

describe('messages', () => {
  test('text and expressions in braces, with their places', () => {
    const message = 'loss {loss}: {{{ norm(y) }}}';
    const result = parseLogMessage(message);
    if (!result.ok) throw new Error(result.fault.message);
    const shown = result.parts.map((part) =>
      part.kind === 'text' ? part.text : [part.source, message.slice(part.from, part.from + 5)],
    );
    expect(shown).toEqual(['loss ', ['loss', 'loss}'], ': {', ['norm(y)', ' norm'], '}']);
    expect(printLogMessage(result.parts)).toBe('loss {loss}: {{{norm(y)}}}');
  });

  test.each([
    ['a {b', 2, 3, 'not closed'],
    ['a } b', 2, 3, 'write `}}`'],
    ['x {norm(}', 8, 8, 'expected a value'],
    ['x {}', 3, 3, 'expected a value'],
  ])('%j is refused', (text, from, to, message) => {
    const result = parseLogMessage(text);
    expect(result).toMatchObject({ ok: false, fault: { span: { from, to } } });
    if (!result.ok) expect(result.fault.message).toContain(message);
  });

  test('no text throws; what is printed reads as what it was', () => {
    const scraps = fc.array(fc.constantFrom('{', '}', '{{', '}}', 'y', '{loss}', ' > 1', '#', 'ü'), { maxLength: 20 });
    fc.assert(
      fc.property(scraps, (parts) => {
        const result = parseLogMessage(parts.join(''));
        if (!result.ok) return;
        const printed = printLogMessage(result.parts);
        const again = parseLogMessage(printed);
        expect(again.ok && printLogMessage(again.parts)).toBe(printed);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('places', () => {
  test.each([
    ['fc1.backward: norm(grad(weight)) > 10', 'fc1', 'backward', ' norm(grad(weight)) > 10'],
    ['rnn[3]/cell.forward', 'rnn[3]/cell', 'forward', ''],
    ['fc1: any(isnan(y))', 'fc1', undefined, ' any(isnan(y))'],
    ['loss > 3', '', undefined, 'loss > 3'],
    [': loss > 3', '', undefined, ' loss > 3'],
    ['fc1', '', undefined, 'fc1'],
  ])('%j', (text, path, phase, rest) => {
    const result = parseHaltPlace(text);
    if (!result.ok) throw new Error(result.fault.message);
    const { value } = result;
    expect([value.path, value.phase, value.rest]).toEqual([path, phase, rest]);
    expect(text.slice(value.from)).toBe(rest);
  });

  test.each([
    ['fc1.sideways: y > 0', 4, 12, '`sideways` is no phase'],
    ['a b.forward: y', 0, 11, 'is no path'],
    [' ../x: y', 1, 5, 'is no path'],
  ])('%j is refused', (text, from, to, message) => {
    const result = parseHaltPlace(text);
    expect(result).toMatchObject({ ok: false, fault: { span: { from, to } } });
    if (!result.ok) expect(result.fault.message).toContain(message);
  });
});

describe('completions', () => {
  const known: KnownNames = {
    ports: ['x', 'y', 'weight', 'bias'],
    values: ['conv1.y', 'conv1.weight', 'block1/conv1.weight', 'fc.y', 'fc.weight'],
    trained: ['conv1.weight', 'block1/conv1.weight', 'fc.weight'],
    slots: ['momentum'],
  };
  /** `|` is the cursor. */
  const complete = (text: string) => {
    const cursor = text.indexOf('|');
    const whole = text.replace('|', '');
    const { from, to, items } = completeCondition(whole, cursor, known);
    return {
      items: items.map((item) => item.text),
      replaced: whole.slice(from, to),
      kinds: items.map(({ kind }) => kind),
    };
  };

  test('at the start: everything that can begin a value, ports first', () => {
    const { items } = complete('|');
    expect(items.slice(0, 4)).toEqual(['x', 'y', 'weight', 'bias']);
    expect(items).toEqual(expect.arrayContaining(['any()', 'isnan()', 'grad()', 'loss', 'conv1.y', 'not']));
  });

  test('what is typed chooses: beginnings first, then parts, then the middle', () => {
    expect(complete('we|').items).toEqual(['weight', 'conv1.weight', 'block1/conv1.weight', 'fc.weight']);
    expect(complete('norm(conv1.|').items.slice(0, 2)).toEqual(['conv1.y', 'conv1.weight']);
    expect(complete('any(is|)').items).toEqual(['isnan()', 'isinf()', 'isfinite()']);
    expect(complete('block1/c|').items).toEqual(['block1/conv1.weight']);
  });

  test('inside forms stand names; of update only what is trained; a slot after the comma', () => {
    expect(complete('grad(|').kinds).not.toContain('reduction');
    expect(complete('update(|').items).toEqual(['weight', 'conv1.weight', 'block1/conv1.weight', 'fc.weight']);
    expect(complete('slot(fc.weight, |').items).toEqual(['momentum']);
  });

  test('behind a value come words; inside an index, a number or a comment comes nothing', () => {
    expect(complete('loss > 3 |').items).toEqual(['and', 'or']);
    expect(complete('any(y) a|').items).toEqual(['and']);
    for (const text of ['y[|', 'y[0, |', 'y # |', '12|', '1.|'])
      expect([text, complete(text).items]).toEqual([text, []]);
  });

  test('brackets that are there are not written twice; the rest of the word is replaced', () => {
    expect(complete('no|(y)').items[0]).toBe('norm');
    expect(complete('n|orm(y)').replaced).toBe('norm');
  });

  test('no text throws, and what is taken reads no worse than before', () => {
    const scraps = fc.array(fc.constantFrom('y', ' ', '(', ')', '[', '0', ']', 'grad(', 'and ', '#', '.', '/', '> 1'), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(scraps, fc.nat(30), (parts, at) => {
        const text = parts.join('');
        const cursor = Math.min(at, text.length);
        const { from, to, items } = completeCondition(text, cursor, known);
        expect(0 <= from && from <= cursor && cursor <= to && to <= text.length).toBe(true);
        for (const item of items) expect(item.cursor).toBeLessThanOrEqual(item.text.length);
      }),
    );
    for (const item of completeCondition('', 0, known).items.filter(({ kind }) => kind !== 'word')) {
      const filled = item.text.replace('slot()', 'slot(weight, momentum)').replace('()', '(weight)');
      expect([filled, parseCondition(filled).ok]).toEqual([filled, true]);
    }
  });
});
