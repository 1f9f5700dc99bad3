// CSV text → rows of cells, by RFC 4180: quoted cells may hold separators, line ends and doubled quotes. The separator (comma,
// semicolon or tab) is the one that the first line has most of. What the cells mean is left to the data set `table`.
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import { formatCount } from '../format-count.ts';

export interface CsvReading {
  /** Cells without their quotes, trimmed; empty lines are left out. */
  readonly rows: readonly (readonly string[])[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a whole file; `name` is for messages. Errors: E_CSV for a quote that never ends. */
export function readCsv(text: string, name: string): CsvReading {
  const content = text.startsWith('\ufeff') ? text.slice(1) : text;
  const separator = separatorOf(content);
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  const endRow = () => {
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  while (at < content.length) {
    let cell = '';
    while (content[at] === ' ') at++;
    if (content[at] === '"') {
      const start = at++;
      for (;;) {
        const end = content.indexOf('"', at);
        if (end < 0) {
          const line = formatCount(content.slice(0, start).split('\n').length);
          return { rows, diagnostics: [error('E_CSV', `${name}: the quote that opens in line ${line} never closes`)] };
        }
        cell += content.slice(at, end);
        at = end + 1;
        if (content[at] !== '"') break;
        cell += '"';
        at++;
      }
    }
    const rest = at;
    while (at < content.length && content[at] !== separator && content[at] !== '\n' && content[at] !== '\r') at++;
    cell += content.slice(rest, at).trimEnd();
    row.push(cell);
    if (content[at] === separator) {
      at++;
      if (at === content.length) row.push('');
      continue;
    }
    if (content[at] === '\r') at++;
    if (content[at] === '\n') at++;
    endRow();
  }
  if (row.length > 0) endRow();
  return { rows, diagnostics: [] };
}

function separatorOf(text: string): string {
  const end = text.search(/[\r\n]/);
  const line = end < 0 ? text : text.slice(0, end);
  let best = ',';
  for (const candidate of [';', '\t']) {
    if (line.split(candidate).length > line.split(best).length) best = candidate;
  }
  return best;
}
