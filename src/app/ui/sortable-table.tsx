// A long table whose columns sort: only the rows in sight are in the page. One row is reached by Tab, the arrow keys go on from
// there, Enter does what a click does; the heads are buttons.
import { ChevronDown, ChevronUp } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { cx } from './cx.ts';
import styles from './sortable-table.module.css';
import { useScrollWindow } from './use-scroll-window.ts';

export interface TableColumn<Row> {
  readonly id: string;
  readonly title: string;
  readonly hint?: string;
  /** As `grid-template-columns` takes it. */
  readonly width: string;
  /** Numbers stand at the end and sort from the largest. */
  readonly numeric?: boolean;
  sortBy(row: Row): number | string;
  cell(row: Row): ReactNode;
}

interface SortableTableProps<Row> {
  readonly label: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  rowKey(row: Row): string | number;
  /** What a screen reader says of a row; its cells by default. */
  rowLabel?(row: Row): string;
  /** The row under the pointer or the keyboard. */
  onPoint?(row: Row): void;
  /** Click or Enter. */
  onChoose(row: Row): void;
  /** Rows that belong to what is selected elsewhere. */
  isMarked?(row: Row): boolean;
  /** Key of a row to bring into sight whenever it changes. */
  readonly shown?: string | number | null;
  readonly empty?: string;
}

const rowHeight = 24;
const headHeight = 27;
/** Rows beyond the edges that are drawn as well. */
const margin = 8;

interface Sorting {
  readonly column: string;
  readonly down: boolean;
}

export function SortableTable<Row>(props: SortableTableProps<Row>) {
  const { label, columns, rowKey, onChoose, onPoint, isMarked, shown = null } = props;
  const { box, view } = useScrollWindow(300);
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [active, setActive] = useState(0);
  const toFocus = useRef<number | null>(null);
  const rows = useMemo(() => sorted(props.rows, columns, sorting), [props.rows, columns, sorting]);
  const template = columns.map(({ width }) => width).join(' ');
  // Rows stand free of each other: all are told the width that the columns need at least.
  const minWidth = columns.reduce((sum, { width }) => sum + Number(/\d+/.exec(width)?.[0] ?? 0), 3);
  const reach = Math.min(active, rows.length - 1);

  const bringIntoSight = (index: number): void => {
    const element = box.current;
    if (element === null || index < 0) return;
    const top = index * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight + headHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowHeight + headHeight - element.clientHeight;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another row is to be shown
  useEffect(() => {
    if (shown === null) return;
    const index = rows.findIndex((row) => rowKey(row) === shown);
    if (index < 0) return;
    setActive(index);
    bringIntoSight(index);
  }, [shown]);
  // In the commit that makes the row: a late effect of an earlier one would give the focus to the row before, and the next key
  // would go on from there.
  useLayoutEffect(() => {
    const wanted = toFocus.current;
    toFocus.current = null;
    if (wanted !== reach) return;
    box.current?.querySelector<HTMLElement>(`[data-row="${reach}"]`)?.focus({ preventScroll: true });
  });

  /** From the top: that is where what was asked for stands. */
  const sortBy = (column: TableColumn<Row>): void => {
    setSorting(nextSorting(sorting, column));
    setActive(0);
    if (box.current !== null) box.current.scrollTop = 0;
  };

  const onKey = (event: KeyboardEvent): void => {
    if (!(event.target instanceof HTMLElement) || event.target.dataset['row'] === undefined) return;
    const page = Math.max(1, Math.floor((view.height - headHeight) / rowHeight) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: reach + 1,
      ArrowUp: reach - 1,
      PageDown: reach + page,
      PageUp: reach - page,
      Home: 0,
      End: rows.length - 1,
    };
    const to = moves[event.key];
    const here = rows[reach];
    if ((event.key === 'Enter' || event.key === ' ') && here !== undefined) {
      event.preventDefault();
      onChoose(here);
      return;
    }
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = Math.min(rows.length - 1, Math.max(0, to));
    const row = rows[next];
    if (row === undefined || next === reach) return;
    toFocus.current = next;
    setActive(next);
    bringIntoSight(next);
    onPoint?.(row);
  };

  const first = Math.max(0, Math.floor(view.top / rowHeight) - margin);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / rowHeight) + margin);
  const inSight = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  // The row that Tab reaches must be in the page, wherever one has scrolled; in its order, as a row that is moved loses the focus.
  if (reach >= 0 && reach < first) inSight.unshift(reach);
  else if (reach >= last) inSight.push(reach);
  return (
    <div
      ref={box}
      className={styles['table']}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      onKeyDown={onKey}
    >
      {/* biome-ignore lint/a11y/useFocusableInteractive: its buttons are */}
      <div className={styles['head']} role="row" aria-rowindex={1} style={{ gridTemplateColumns: template, minWidth }}>
        {columns.map((column) => (
          // biome-ignore lint/a11y/useFocusableInteractive: its button is
          <div
            key={column.id}
            role="columnheader"
            className={cx(styles['column'], column.numeric && styles['end'])}
            aria-sort={sorting?.column !== column.id ? 'none' : sorting.down ? 'descending' : 'ascending'}
          >
            <button type="button" title={column.hint} onClick={() => sortBy(column)}>
              {column.title}
              {sorting?.column === column.id &&
                (sorting.down ? <ChevronDown size={12} aria-hidden /> : <ChevronUp size={12} aria-hidden />)}
            </button>
          </div>
        ))}
      </div>
      {rows.length === 0 && props.empty !== undefined && <p className={styles['none']}>{props.empty}</p>}
      <div className={styles['body']} role="rowgroup" style={{ height: rows.length * rowHeight, minWidth }}>
        {inSight.map((index) => {
          const row = rows[index];
          if (row === undefined) return null;
          const marked = isMarked?.(row) === true;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the table hears the keys
            <div
              key={rowKey(row)}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={marked}
              {...(props.rowLabel ? { 'aria-label': props.rowLabel(row) } : {})}
              data-row={index}
              tabIndex={index === reach ? 0 : -1}
              className={cx(styles['row'], index === reach && styles['active'], marked && styles['marked'])}
              style={{ top: index * rowHeight, height: rowHeight, gridTemplateColumns: template }}
              onFocus={() => {
                if (index !== reach) setActive(index);
                onPoint?.(row);
              }}
              onPointerEnter={() => onPoint?.(row)}
              onClick={() => {
                setActive(index);
                onChoose(row);
              }}
            >
              {columns.map((column) => (
                // biome-ignore lint/a11y/useFocusableInteractive: the keyboard moves row by row
                <div key={column.id} role="gridcell" className={cx(styles['cell'], column.numeric && styles['end'])}>
                  {column.cell(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** One way, the other way, as given. */
function nextSorting<Row>(now: Sorting | null, { id, numeric = false }: TableColumn<Row>): Sorting | null {
  if (now?.column !== id) return { column: id, down: numeric };
  return now.down === numeric ? { column: id, down: !numeric } : null;
}

function sorted<Row>(
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
  sorting: Sorting | null,
): readonly Row[] {
  const column = columns.find(({ id }) => id === sorting?.column);
  if (column === undefined || sorting === null) return rows;
  const direction = sorting.down ? -1 : 1;
  const keyed = rows.map((row, place) => ({ row, place, by: column.sortBy(row) }));
  keyed.sort((a, b) => direction * compare(a.by, b.by) || a.place - b.place);
  return keyed.map(({ row }) => row);
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}
