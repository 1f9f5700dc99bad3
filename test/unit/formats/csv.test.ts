import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../../src/formats/csv/read-csv.ts';

const rows = (text: string) => readCsv(text, 'a.csv').rows;

describe('readCsv', () => {
  it('reads the cases of RFC 4180', () => {
    expect(rows('aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n')).toEqual([['aaa', 'bbb', 'ccc'], ['zzz', 'yyy', 'xxx']]); // biome-ignore format: rows
    expect(rows('"aaa","b\r\nbb","c,c"\nzzz,"b""b",')).toEqual([['aaa', 'b\r\nbb', 'c,c'], ['zzz', 'b"b', '']]); // biome-ignore format: rows
  });

  it('takes semicolons and tabs, byte-order marks, spaces and empty lines', () => {
    expect(rows('\ufeff1;2,5;3\n\n 4 ; 5 ;6')).toEqual([['1', '2,5', '3'], ['4', '5', '6']]); // biome-ignore format: rows
    expect(rows('1\t2\r3\t4')).toEqual([['1', '2'], ['3', '4']]); // biome-ignore format: rows
    expect(rows('')).toEqual([]);
  });

  it('names the line of a quote that never closes', () => {
    expect(readCsv('a,b\n1,"2\n3,4', 'a.csv').diagnostics.map((d) => d.message)).toEqual([
      'a.csv: the quote that opens in line 2 never closes',
    ]);
  });

  it('reads back whatever was written with every cell quoted', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ';', 'é') });
    const written = fc.array(fc.tuple(cell, cell), { minLength: 1 });
    fc.assert(
      fc.property(written, (table) => {
        const text = table.map((row) => row.map((c) => `"${c.replaceAll('"', '""')}"`).join('\t')).join('\n');
        // The heading settles the separator.
        expect(rows(`x\ty\n${text}`)).toEqual([['x', 'y'], ...table]);
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});
