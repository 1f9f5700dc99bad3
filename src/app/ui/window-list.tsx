// A long list of rows of one height of which only those in sight are in the page. Keeps the active row in sight.
import { type ReactNode, useEffect } from 'react';
import { useScrollWindow } from './use-scroll-window.ts';
import styles from './window-list.module.css';

interface WindowListProps {
  readonly count: number;
  readonly rowHeight: number;
  readonly label: string;
  /** Row to bring into sight whenever it changes. */
  readonly active?: number | undefined;
  readonly children: (index: number) => ReactNode;
}

/** Rows beyond the edges that are drawn as well, so that scrolling shows no gaps. */
const margin = 8;

export function WindowList({ count, rowHeight, label, active, children }: WindowListProps) {
  const { box, view } = useScrollWindow(400);
  useEffect(() => {
    const element = box.current;
    if (element === null || active === undefined) return;
    const top = active * rowHeight;
    if (top < element.scrollTop + rowHeight) element.scrollTop = top - 2 * rowHeight;
    else if (top + 2 * rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + 3 * rowHeight - element.clientHeight;
    }
  }, [box, active, rowHeight]);

  const first = Math.max(0, Math.floor(view.top / rowHeight) - margin);
  const last = Math.min(count, Math.ceil((view.top + view.height) / rowHeight) + margin);
  const inSight = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  // The row that Tab reaches must be in the page, wherever one has scrolled; in its order, as a row that is moved loses the focus.
  if (active !== undefined && active >= 0 && active < first) inSight.unshift(active);
  else if (active !== undefined && active >= last && active < count) inSight.push(active);
  return (
    <div ref={box} className={styles['box']}>
      <ol className={styles['list']} style={{ height: count * rowHeight }} aria-label={label}>
        {inSight.map((index) => (
          <li
            key={index}
            className={styles['row']}
            style={{ top: index * rowHeight, height: rowHeight }}
            aria-setsize={count}
            aria-posinset={index + 1}
          >
            {children(index)}
          </li>
        ))}
      </ol>
    </div>
  );
}
